-- SPDX-License-Identifier: MIT
drop function if exists last_act(text, uuid); -- now asks for the latest act of a kind, too
