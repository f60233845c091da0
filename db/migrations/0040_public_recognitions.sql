-- SPDX-License-Identifier: MIT
-- Everybody sees what was recognised here as well as what was mirrored: certificates stand beside registrations of other systems.

create type public_recognition as (
  id uuid, establishment_id uuid, province_code text, codes_on date, product_code text, product_set_id uuid, evidence_grade text, recognition jsonb);
comment on type public_recognition is 'A recognition of a product, of its certificate or of a registration of another system (public_recognitions).';

drop function if exists public_ocop_product_summary_json(product, ocop_registration);
drop function if exists public_ocop_product_json(product, ocop_registration);
drop function if exists public_recognitions_json(uuid);
drop function if exists public_product_set_json(jsonb, uuid);
