# SPDX-License-Identifier: MIT
"""What the end-to-end tests stand on: a throw-away cluster, the real binary, the contract as an independent judge."""
