-- What migrations and functions make of an empty database. Written by db/dump-schema; do not edit.


CREATE COLLATION public.vietnamese (provider = icu, locale = 'vi-VN');

COMMENT ON COLLATION public.vietnamese IS 'Order of names for people: a, ă, â … đ after d. Reindex when the ICU library changes.';

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';

CREATE TYPE public.money_sums AS (
	contracted bigint,
	advanced bigint,
	paid bigint,
	recovered bigint
);

COMMENT ON TYPE public.money_sums IS 'Of entries that belong together: contracted; advanced; paid, that is advances and payments; recovered. All net of counter-entries.';

CREATE FUNCTION public.uuidv7() RETURNS uuid
    LANGUAGE sql PARALLEL SAFE
    AS $$
  select encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6),
      52, 1), 53, 1), 'hex')::uuid
$$;

CREATE TABLE public.norm (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    code text NOT NULL,
    activity_code text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    level text NOT NULL,
    percent_max numeric(5,2),
    percent_base text,
    cap_vnd bigint,
    multiplier numeric(6,3) DEFAULT 1 NOT NULL,
    per text,
    conditions jsonb DEFAULT '{}'::jsonb NOT NULL,
    legal_document_no text,
    legal_article text,
    valid_from date,
    valid_to date,
    certainty text NOT NULL,
    dates_certainty text NOT NULL,
    enforcement text NOT NULL,
    certainty_mark text,
    note text,
    version integer DEFAULT 1 NOT NULL,
    origin text DEFAULT 'release'::text NOT NULL,
    replaces_id uuid,
    organisation_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    CONSTRAINT norm_cap_range CHECK (((cap_vnd >= 0) AND (cap_vnd <= '9007199254740991'::bigint))),
    CONSTRAINT norm_certainty_known CHECK (((certainty = ANY (ARRAY['verified'::text, 'second_hand'::text, 'uncertain'::text])) AND (dates_certainty = ANY (ARRAY['verified'::text, 'second_hand'::text, 'uncertain'::text])))),
    CONSTRAINT norm_conditions_known CHECK (((jsonb_typeof(conditions) = 'object'::text) AND ((conditions - '{is_technology_line,is_in_difficult_area}'::text[]) = '{}'::jsonb))),
    CONSTRAINT norm_ends_after_starts CHECK ((valid_to >= valid_from)),
    CONSTRAINT norm_enforcement_known CHECK ((enforcement = ANY (ARRAY['block'::text, 'warn'::text]))),
    CONSTRAINT norm_level_known CHECK ((level = ANY (ARRAY['national'::text, 'local'::text]))),
    CONSTRAINT norm_multiplier_range CHECK (((multiplier > (0)::numeric) AND (multiplier <= (100)::numeric))),
    CONSTRAINT norm_origin_known CHECK ((origin = ANY (ARRAY['release'::text, 'authority'::text]))),
    CONSTRAINT norm_percent_base_given CHECK (((percent_max IS NULL) = (percent_base IS NULL))),
    CONSTRAINT norm_percent_base_known CHECK ((percent_base = ANY (ARRAY['eligible_cost'::text, 'booth_rent'::text, 'loan_interest'::text, 'base_salary'::text, 'programme_funding'::text, 'project_funding'::text]))),
    CONSTRAINT norm_percent_range CHECK (((percent_max > (0)::numeric) AND (percent_max <= (100)::numeric))),
    CONSTRAINT norm_uncertain_warns CHECK (((certainty <> 'uncertain'::text) OR (enforcement = 'warn'::text)))
);

ALTER TABLE ONLY public.norm FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.norm IS 'Spending norms (định mức, mức hỗ trợ) over time; loaded from db/reference/norms.csv, and entered by authorities. A new figure is a new row.';

COMMENT ON COLUMN public.norm.activity_code IS 'The child activity that is supported.';

COMMENT ON COLUMN public.norm.level IS 'national: ceiling of the national programme, and the frame of local ones; local: in its territory.';

COMMENT ON COLUMN public.norm.percent_max IS 'Largest share of percent_base; null: none is set or none is known.';

COMMENT ON COLUMN public.norm.cap_vnd IS 'Largest amount for one of `per`, before the multiplier; null: none is set or none is known.';

COMMENT ON COLUMN public.norm.multiplier IS 'The cap counts so many times: 1.5 for technology lines.';

COMMENT ON COLUMN public.norm.per IS 'What the cap is for, one of the measure units; null: the whole.';

COMMENT ON COLUMN public.norm.conditions IS 'What must be true of the beneficiary''s item. A row with more conditions goes before one with fewer.';

COMMENT ON COLUMN public.norm.legal_document_no IS 'Null: the source of the figures does not name the document.';

COMMENT ON COLUMN public.norm.valid_from IS 'First day in force; null: not known, the row counts as in force and the check warns.';

COMMENT ON COLUMN public.norm.certainty IS 'How well the figures are founded.';

COMMENT ON COLUMN public.norm.dates_certainty IS 'How well the days are founded.';

COMMENT ON COLUMN public.norm.enforcement IS 'block: support above the limit is not allowed; warn: it is pointed to. Uncertain figures only warn.';

COMMENT ON COLUMN public.norm.certainty_mark IS 'Mark of the collection: V, V2, K, U (db/reference/README.md); null: entered by an authority.';

COMMENT ON COLUMN public.norm.origin IS 'release: loaded with it, which may correct the row as long as nobody has changed it; authority: entered over the API.';

COMMENT ON COLUMN public.norm.replaces_id IS 'The row that this one took the place of, which ended on the day before.';

COMMENT ON COLUMN public.norm.organisation_id IS 'The body that entered the row; null: of the release.';

CREATE TYPE public.norm_limit AS (
	norm public.norm,
	percent_limit bigint,
	cap_limit bigint,
	verdict text,
	is_counted boolean
);

COMMENT ON TYPE public.norm_limit IS 'A norm held against a question: both limits, which of them decides or why it does not count.';

CREATE FUNCTION public.are_objects(shape jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when jsonb_typeof(shape) is distinct from 'array' then false
    else not exists (select from jsonb_array_elements(shape) e where jsonb_typeof(e) <> 'object')
  end
$$;

CREATE FUNCTION public.fold(words text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
  select translate(
    regexp_replace(lower(normalize(words, NFD) collate "und-x-icu"), '[\u0300-\u036f]+', '', 'g'),
    'đð', 'dd')
$$;

COMMENT ON FUNCTION public.fold(words text) IS 'Lower case, without marks, đ as d: "Thanh Hoá" and "THANH HÓA" both become "thanh hoa".';

CREATE FUNCTION public.is_amount(amount numeric) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select amount between 0 and 9007199254740991 and amount = trunc(amount)
$$;

COMMENT ON FUNCTION public.is_amount(amount numeric) IS 'Whole đồng, up to what JSON can carry without loss.';

CREATE FUNCTION public.is_evidence_grade(grade text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select grade in ('signed_decision', 'official_news', 'proposal', 'own_statement')
$$;

CREATE FUNCTION public.printed_code(prefix text, counter regclass) RETURNS text
    LANGUAGE plpgsql
    AS $$
declare
  n constant bigint := nextval(counter);
begin
  return prefix || case when n < 1000000 then lpad(n::text, 6, '0') else n::text end;
end
$$;

CREATE FUNCTION public.project_stage(status text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when status in ('draft', 'submitted', 'returned') then 'proposal'
    when status in ('base_appraising', 'base_passed', 'central_appraising', 'central_passed') then 'appraisal'
    when status = 'approved' then 'approval'
    when status = 'contracted' then 'contract'
    when status = 'in_progress' then 'execution'
    when status in ('acceptance_requested', 'accepted') then 'acceptance'
    when status in ('settling', 'settled') then 'settlement'
    when status in ('closed', 'rejected', 'withdrawn', 'stopped') then 'ended'
  end
$$;

COMMENT ON FUNCTION public.project_stage(status text) IS 'Where people think a project is; null: not a status.';

CREATE FUNCTION public.today() RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select (current_instant() at time zone 'Asia/Ho_Chi_Minh')::date
$$;

COMMENT ON FUNCTION public.today() IS 'The civil day in Viet Nam; moved by app.clock_shift in tests.';

CREATE SEQUENCE public.project_code
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.project (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    code text DEFAULT public.printed_code('DA'::text, 'public.project_code'::regclass) NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    name text NOT NULL,
    level text NOT NULL,
    scale text,
    status text DEFAULT 'draft'::text NOT NULL,
    programme_id uuid,
    parent_id uuid,
    implementer_id uuid,
    managing_organisation_id uuid,
    places jsonb DEFAULT '[]'::jsonb NOT NULL,
    partner_province_codes text[] DEFAULT '{}'::text[] NOT NULL,
    themes text[] DEFAULT '{}'::text[] NOT NULL,
    trade_code text,
    starts_on date,
    ends_on date,
    total_cost_vnd bigint,
    support_vnd bigint,
    counterpart_vnd bigint,
    necessity text,
    objective text,
    replication text,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date DEFAULT public.today() NOT NULL,
    evidence_grade text,
    origin text DEFAULT 'native'::text NOT NULL,
    history_quality text DEFAULT 'full'::text NOT NULL,
    note text,
    folded text GENERATED ALWAYS AS (public.fold(((name || ' '::text) || code))) STORED,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT project_counterpart_range CHECK (public.is_amount((counterpart_vnd)::numeric)),
    CONSTRAINT project_ends_after_starts CHECK ((ends_on >= starts_on)),
    CONSTRAINT project_evidence_grade_known CHECK (public.is_evidence_grade(evidence_grade)),
    CONSTRAINT project_history_quality_known CHECK ((history_quality = ANY (ARRAY['full'::text, 'partial'::text, 'final_state_only'::text]))),
    CONSTRAINT project_key_has_no_parent CHECK (((scale <> 'key'::text) OR (parent_id IS NULL))),
    CONSTRAINT project_level_known CHECK ((level = ANY (ARRAY['national'::text, 'local'::text]))),
    CONSTRAINT project_money_within_total CHECK (((COALESCE(support_vnd, (0)::bigint) + COALESCE(counterpart_vnd, (0)::bigint)) <= total_cost_vnd)),
    CONSTRAINT project_origin_known CHECK ((origin = ANY (ARRAY['native'::text, 'imported'::text, 'mirrored'::text]))),
    CONSTRAINT project_parent_not_itself CHECK ((parent_id <> id)),
    CONSTRAINT project_places_shape CHECK (public.are_objects(places)),
    CONSTRAINT project_scale_known CHECK ((scale = ANY (ARRAY['single'::text, 'group'::text, 'key'::text]))),
    CONSTRAINT project_status_known CHECK ((public.project_stage(status) IS NOT NULL)),
    CONSTRAINT project_support_range CHECK (public.is_amount((support_vnd)::numeric)),
    CONSTRAINT project_total_cost_range CHECK (public.is_amount((total_cost_vnd)::numeric))
);

ALTER TABLE ONLY public.project FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.project IS 'Projects (đề án khuyến công). A draft needs a name and a level only.';

COMMENT ON COLUMN public.project.level IS 'Whose money: national (KCQG) or local (KCĐP), whoever carries it out.';

COMMENT ON COLUMN public.project.scale IS 'single (đơn lẻ), group (nhóm: several beneficiaries), key (điểm: several years and contents).';

COMMENT ON COLUMN public.project.parent_id IS 'The key project that this one is a part or a year of.';

COMMENT ON COLUMN public.project.implementer_id IS 'Who carries it out; sees and writes the project too.';

COMMENT ON COLUMN public.project.places IS '[{province_code, commune_code, address_line, codes_on}]; the codes are those of that day.';

COMMENT ON COLUMN public.project.partner_province_codes IS 'Other provinces that take part, as coded on codes_on.';

COMMENT ON COLUMN public.project.total_cost_vnd IS 'As the paper says; the sum of the funding rows is derived and may differ in a draft.';

COMMENT ON COLUMN public.project.replication IS 'Khả năng nhân rộng: how others can take it up.';

COMMENT ON COLUMN public.project.province_code IS 'Territory, as the code was used on codes_on.';

COMMENT ON COLUMN public.project.codes_on IS 'Day on whose map the codes are read: codes come back with another meaning.';

CREATE TYPE public.past_project AS (
	project public.project,
	central_vnd bigint,
	local_vnd bigint,
	support_vnd bigint,
	baseline_vnd bigint,
	current_vnd bigint,
	is_assigned boolean,
	central_paid_vnd bigint,
	local_paid_vnd bigint,
	is_paid_assumed boolean,
	decision jsonb,
	decision_on date,
	beneficiaries text[],
	activities text[]
);

COMMENT ON TYPE public.past_project IS 'A row of a plan table, understood.';

CREATE TYPE public.report_question AS (
	"from" date,
	"to" date,
	geo_basis text,
	level text,
	scale text[],
	status text[],
	programme_id uuid,
	project_id uuid,
	province_code text[],
	region_code text[],
	activity_code text[],
	source text[],
	year integer,
	below_vnd bigint,
	provinces text[],
	own_organisation uuid,
	annual_plan_id uuid,
	group_by text,
	tier text
);

COMMENT ON TYPE public.report_question IS 'What a report is asked, and by whom: provinces, own_organisation and tier are the caller''s.';

CREATE TYPE public.work_item AS (
	record_type text,
	record_id uuid,
	record_code text,
	title text,
	status text,
	actions text[],
	waiting_since timestamp with time zone,
	due_on date
);

COMMENT ON TYPE public.work_item IS 'A record that waits for the caller (việc cần xử lý).';

CREATE FUNCTION public.is_numbered_document(document jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select jsonb_typeof(document) = 'object' and coalesce(document ->> 'kind', '') <> '' and coalesce(document ->> 'document_no', '') ~ '\S'
$$;

COMMENT ON FUNCTION public.is_numbered_document(document jsonb) IS 'A reference to a paper that can be found again: its kind and its number.';

CREATE TABLE public.acceptance (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    project_id uuid NOT NULL,
    line_id uuid NOT NULL,
    tier text DEFAULT 'base'::text NOT NULL,
    accepted_on date NOT NULL,
    address_line text,
    members jsonb DEFAULT '[]'::jsonb NOT NULL,
    quantity numeric,
    value_vnd bigint,
    machines jsonb DEFAULT '[]'::jsonb NOT NULL,
    minutes jsonb,
    result text,
    conclusion text,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    origin text DEFAULT 'native'::text NOT NULL,
    history_quality text DEFAULT 'full'::text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT acceptance_history_quality_known CHECK ((history_quality = ANY (ARRAY['full'::text, 'partial'::text, 'final_state_only'::text]))),
    CONSTRAINT acceptance_machines_shape CHECK (public.are_objects(machines)),
    CONSTRAINT acceptance_members_shape CHECK (public.are_objects(members)),
    CONSTRAINT acceptance_minutes_numbered CHECK (((minutes IS NULL) OR public.is_numbered_document(minutes))),
    CONSTRAINT acceptance_origin_known CHECK ((origin = ANY (ARRAY['native'::text, 'imported'::text, 'mirrored'::text]))),
    CONSTRAINT acceptance_quantity_range CHECK (((quantity >= (0)::numeric) AND (quantity <= ('9007199254740991'::bigint)::numeric))),
    CONSTRAINT acceptance_result_known CHECK ((result = ANY (ARRAY['passed'::text, 'passed_with_conditions'::text, 'failed'::text]))),
    CONSTRAINT acceptance_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'signed'::text]))),
    CONSTRAINT acceptance_tier_known CHECK ((tier = ANY (ARRAY['base'::text, 'central'::text]))),
    CONSTRAINT acceptance_value_range CHECK (public.is_amount((value_vnd)::numeric))
);

ALTER TABLE ONLY public.acceptance FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.acceptance IS 'Acceptances (nghiệm thu) of lines: what was seen on the spot, by whom, and what it is worth.';

COMMENT ON COLUMN public.acceptance.tier IS 'base (cơ sở) or central (cấp Bộ).';

COMMENT ON COLUMN public.acceptance.members IS '[{role, organisation_id, organisation_name, position}]: who signs.';

COMMENT ON COLUMN public.acceptance.value_vnd IS 'Value accepted.';

COMMENT ON COLUMN public.acceptance.machines IS 'Machines as found: shape of project_line.machines.';

COMMENT ON COLUMN public.acceptance.minutes IS 'The minutes (biên bản nghiệm thu).';

COMMENT ON COLUMN public.acceptance.province_code IS 'Of the project.';

CREATE FUNCTION public.acceptance_json(a public.acceptance) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', a.id,
    'version', a.version,
    'status', a.status,
    'stage', stage_of('acceptance', a.status),
    'allowed_actions', allowed_actions('acceptance', a.status, claim('app.tier'), acting_roles(), to_jsonb(a)),
    'project_id', a.project_id,
    'line_id', a.line_id,
    'tier', a.tier,
    'accepted_on', a.accepted_on,
    'address_line', a.address_line,
    'members', a.members,
    'quantity', a.quantity,
    'value_vnd', a.value_vnd,
    'machines', a.machines,
    'minutes', document_json(a.minutes),
    'result', a.result,
    'conclusion', a.conclusion,
    'organisation_id', a.organisation_id,
    'province_code', a.province_code,
    'origin', a.origin,
    'history_quality', a.history_quality,
    'note', a.note,
    'created_at', instant(a.created_at),
    'created_by', a.created_by,
    'updated_at', instant(a.updated_at),
    'updated_by', a.updated_by)
$$;

CREATE FUNCTION public.acceptance_rules() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if tg_op = 'UPDATE' and old.status <> 'draft' then
    perform refuse_changed(to_jsonb(old), to_jsonb(new), array['note']);
  else
    perform refuse_faults(
      fault_if(new.accepted_on > today(), '#/accepted_on', 'date_in_future')
      || fault_if(not exists (select from project_line l
                               where l.id = new.line_id and l.project_id = new.project_id and l.deleted_at is null),
           '#/line_id', 'unknown_reference'));
  end if;
  return new;
end
$$;

CREATE FUNCTION public.acceptance_snapshot(of_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select frozen_part(acceptance_json(a)) from acceptance a where a.id = of_id
$$;

CREATE TABLE public.transition_rule (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    record_type text NOT NULL,
    from_status text NOT NULL,
    action text NOT NULL,
    to_status text NOT NULL,
    applies_to jsonb DEFAULT '{}'::jsonb NOT NULL,
    roles text[] DEFAULT '{}'::text[] NOT NULL,
    tiers text[] DEFAULT '{}'::text[] NOT NULL,
    requires text[] DEFAULT '{}'::text[] NOT NULL,
    legal_basis text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    certainty text NOT NULL,
    enforcement text NOT NULL,
    note text,
    guards text[] DEFAULT '{}'::text[] NOT NULL,
    effects text[] DEFAULT '{}'::text[] NOT NULL,
    correct_guards text[] DEFAULT '{}'::text[] NOT NULL,
    freezes boolean DEFAULT false NOT NULL,
    is_awaited boolean DEFAULT true NOT NULL,
    scope text NOT NULL,
    CONSTRAINT transition_rule_applies_to_shape CHECK ((jsonb_typeof(applies_to) = 'object'::text)),
    CONSTRAINT transition_rule_certainty_known CHECK ((certainty = ANY (ARRAY['verified'::text, 'second_hand'::text, 'uncertain'::text]))),
    CONSTRAINT transition_rule_ends_after_starts CHECK ((valid_to >= valid_from)),
    CONSTRAINT transition_rule_enforcement_known CHECK ((enforcement = ANY (ARRAY['block'::text, 'warn'::text]))),
    CONSTRAINT transition_rule_requires_known CHECK ((requires <@ ARRAY['note'::text, 'reason_code'::text, 'document'::text, 'second_person'::text])),
    CONSTRAINT transition_rule_scope_form CHECK ((scope ~ '^[a-z]+:[a-z]+$'::text)),
    CONSTRAINT transition_rule_uncertain_warns CHECK (((certainty <> 'uncertain'::text) OR (enforcement = 'warn'::text)))
);

ALTER TABLE ONLY public.transition_rule FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.transition_rule IS 'Which act leads from which state to which, who may do it and what it needs; loaded from db/reference/transition_rules.csv. The day of the act (acted_on) chooses the row.';

COMMENT ON COLUMN public.transition_rule.applies_to IS 'Members the record must have, for example {"level": "national"}; {}: every record. The row that asks for most wins.';

COMMENT ON COLUMN public.transition_rule.roles IS 'Of the person who acts; empty: any. A client that names no person is judged by the tier of its organisation alone.';

COMMENT ON COLUMN public.transition_rule.tiers IS 'Of the organisation that acts; empty: any.';

COMMENT ON COLUMN public.transition_rule.requires IS 'What the act itself must bring: note, reason_code, document, second_person (not whoever acted last).';

COMMENT ON COLUMN public.transition_rule.certainty IS 'How well the row is founded: verified, second_hand or uncertain.';

COMMENT ON COLUMN public.transition_rule.enforcement IS 'block: roles, tiers and requires are insisted on; warn: the act is taken and the warning kept with it. Uncertain rows only warn.';

COMMENT ON COLUMN public.transition_rule.guards IS 'Functions guard_<name>(record_id, act, on_day) that say what forbids the act; what blocks is answered 409 guard-failed.';

COMMENT ON COLUMN public.transition_rule.effects IS 'Functions effect_<name>(record_id, transition_id, act, on_day), called in this order once the state is set. An act with an effect can be corrected only when undo_<name> exists.';

COMMENT ON COLUMN public.transition_rule.correct_guards IS 'Guards that are asked when the act is to be undone by `correct`; `final`: it never is.';

COMMENT ON COLUMN public.transition_rule.freezes IS 'The act freezes a snapshot of the record.';

COMMENT ON COLUMN public.transition_rule.is_awaited IS 'Somebody waits for the act, so that it makes a work item; false: it may be done (withdraw, stop) but nobody waits.';

COMMENT ON COLUMN public.transition_rule.scope IS 'What the token must hold for the act, beside tier and role.';

CREATE FUNCTION public.act_faults(rule public.transition_rule, act jsonb, record jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select coalesce(jsonb_agg(jsonb_build_object(
           'pointer', wanted.pointer, 'code', wanted.code,
           'params', jsonb_build_object('member', jsonb_build_object('vi', wanted.label_vi, 'en', wanted.label_en)),
           'legal_basis', rule.legal_basis, 'certainty', rule.certainty, 'enforcement', rule.enforcement) order by place), '[]')
    from (values
      (1, 'note' = any (rule.requires) and is_blank(act -> 'note'), '#/note', 'required', 'ghi chú', 'note'),
      (2, 'reason_code' = any (rule.requires) and is_blank(act -> 'reason_code'), '#/reason_code', 'required', 'lý do', 'reason'),
      (3, 'document' = any (rule.requires) and is_blank(act -> 'documents'), '#/documents', 'required', 'văn bản kèm theo', 'document'),
      (4, 'second_person' = any (rule.requires)
          and coalesce(acting_person(), claim('app.client_id')::uuid) is not distinct from last_actor(rule.record_type, record),
       '#/action', 'transition_second_person', 'người thứ hai', 'second person')
    ) wanted (place, is_missing, pointer, code, label_vi, label_en)
   where wanted.is_missing
$$;

COMMENT ON FUNCTION public.act_faults(rule public.transition_rule, act jsonb, record jsonb) IS 'What the act itself lacks by its rule.';

CREATE TABLE public.client (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    organisation_id uuid NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    name text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    epoch integer DEFAULT 1 NOT NULL,
    scopes text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT client_name_length CHECK (((length(name) >= 1) AND (length(name) <= 120))),
    CONSTRAINT client_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'revoked'::text])))
);

ALTER TABLE ONLY public.client FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.client IS 'Systems that may get tokens. Made, suspended and revoked by the operator''s commands (api client …).';

COMMENT ON COLUMN public.client.organisation_id IS 'On whose behalf it calls: this decides what it sees.';

COMMENT ON COLUMN public.client.status IS 'revoked is final.';

COMMENT ON COLUMN public.client.epoch IS 'Stands in every token; raising it ends all tokens given out before.';

COMMENT ON COLUMN public.client.scopes IS 'What it may ask for, as in components.securitySchemes of openapi.yaml.';

CREATE FUNCTION public.acting_for(c public.client, wanted uuid) RETURNS TABLE(organisation_id uuid, tier text, province_code text, provinces text[], roles text[], scopes text[])
    LANGUAGE sql STABLE
    AS $$
  select o.id, o.tier, o.province_code, territory_of(o.id), null, c.scopes
    from organisation o
   where wanted is null and o.id = c.organisation_id and o.deleted_at is null
  union all
  select o.id, o.tier, case when o.province_code = any (seen.provinces) then o.province_code end, seen.provinces, held.roles,
         scopes_of(c.scopes, held.roles)
    from organisation own
   cross join territory_of(own.id) as reach
    join "user" u on u.id = wanted and u.deleted_at is null and u.status = 'active' and manages_users_of(u.organisation_id, own.id, reach)
    join organisation o on o.id = u.organisation_id and o.deleted_at is null
   cross join lateral (
     select array_agg(distinct r.role order by r.role) as roles, array_agg(r) as rows from roles_of(u.id, own.id, reach) r) held
   cross join lateral territory_in(territory_of(o.id), held.rows) as seen (provinces)
   where own.id = c.organisation_id and own.deleted_at is null and 'users:act' = any (c.scopes) and held.roles is not null
$$;

COMMENT ON FUNCTION public.acting_for(c public.client, wanted uuid) IS 'What tokens of a client see: by itself (wanted is null), or for a person. No row: it may not speak for that person now, whatever the reason.';

CREATE FUNCTION public.acting_person() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select claim('app.user_id')::uuid
$$;

CREATE FUNCTION public.acting_roles() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select string_to_array(claim('app.roles'), ',')
$$;

COMMENT ON FUNCTION public.acting_roles() IS 'Roles of the person who acts; null: the client names no person, and the tier of its organisation decides.';

CREATE FUNCTION public.activity_fits(wanted text, on_day date) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select exists (
    select from public.activity a
     where a.code = wanted
       and (on_day is null or a.enforcement = 'warn' or on_day >= a.valid_from and (a.valid_to is null or on_day <= a.valid_to)))
$$;

COMMENT ON FUNCTION public.activity_fits(wanted text, on_day date) IS 'May a project that starts on this day (null: not known yet) use the activity?';

CREATE TABLE public.activity (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    code text NOT NULL,
    parent_code text,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    measure_units text[] DEFAULT '{}'::text[] NOT NULL,
    legal_document_no text NOT NULL,
    legal_article text,
    valid_from date NOT NULL,
    valid_to date,
    certainty text NOT NULL,
    enforcement text DEFAULT 'block'::text NOT NULL,
    note text,
    CONSTRAINT activity_certainty_known CHECK ((certainty = ANY (ARRAY['verified'::text, 'second_hand'::text, 'uncertain'::text]))),
    CONSTRAINT activity_ends_after_starts CHECK ((valid_to >= valid_from)),
    CONSTRAINT activity_enforcement_known CHECK ((enforcement = ANY (ARRAY['block'::text, 'warn'::text])))
);

ALTER TABLE ONLY public.activity FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.activity IS 'Contents of industrial promotion (nội dung khuyến công) over time; loaded from db/reference/activities.csv.';

COMMENT ON COLUMN public.activity.code IS 'KC1 … KC9 after the clauses of the decree; later contents have codes of their own until their place is known.';

COMMENT ON COLUMN public.activity.parent_code IS 'The activity this one belongs to; null: a group of its own, or not known.';

COMMENT ON COLUMN public.activity.measure_units IS 'What its results are usually counted in.';

COMMENT ON COLUMN public.activity.valid_to IS 'Last day in force; null: open.';

COMMENT ON COLUMN public.activity.certainty IS 'How well the row is founded: verified, second_hand or uncertain.';

COMMENT ON COLUMN public.activity.enforcement IS 'block: a project that starts outside the days in force is refused; warn: it is not.';

CREATE FUNCTION public.activity_json(a public.activity) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'code', a.code,
    'parent_code', a.parent_code,
    'name_vi', a.name_vi,
    'name_en', a.name_en,
    'measure_units', a.measure_units,
    'legal_basis', json_build_object('document_no', a.legal_document_no, 'article', a.legal_article),
    'valid_from', a.valid_from,
    'valid_to', a.valid_to,
    'certainty', a.certainty,
    'enforcement', a.enforcement,
    'note', a.note)
$$;

CREATE FUNCTION public.activity_label(code text) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select case when code = 'none' then 'Chưa ghi nội dung'
              else code || coalesce('. ' || (select a.name_vi from activity a where a.code = activity_label.code order by a.valid_from desc limit 1), '') end
$$;

CREATE FUNCTION public.activity_roots() RETURNS TABLE(code text, root text)
    LANGUAGE plpgsql STABLE ROWS 50
    AS $$
begin
  return query select a.code, root_activity(a.code) from (select distinct activity.code from activity) a;
end
$$;

COMMENT ON FUNCTION public.activity_roots() IS 'root_activity() of every activity: for as many lines as there are.';

CREATE FUNCTION public.add_part(of_content uuid, at bigint, part bytea) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
  received bigint := (select c.received_bytes from file_content c where c.id = of_content for update);
  stored bytea := (select k.bytes from file_chunk k where k.content_id = of_content and k.first_byte = at);
begin
  if stored = part then
    return received; -- sent again because the answer was lost
  elsif at < received then
    perform refuse_part('file_part_differs', jsonb_build_object('expected', received));
  elsif at > received then
    perform refuse_part('file_gap', jsonb_build_object('expected', received));
  end if;
  insert into file_chunk (content_id, first_byte, bytes) values (of_content, at, part);
  update file_content set received_bytes = at + octet_length(part) where id = of_content;
  return at + octet_length(part);
end
$$;

COMMENT ON FUNCTION public.add_part(of_content uuid, at bigint, part bytea) IS 'Appends bytes; the same bytes at the same place once more change nothing. Gives the number of bytes that are there.';

CREATE FUNCTION public.is_reason_code(code text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select code in ('disaster', 'epidemic', 'budget_cut', 'beneficiary_withdrew', 'beneficiary_ineligible', 'counterpart_missing',
    'survey_inadequate', 'technology_changed', 'price_changed', 'duplicate_support', 'reorganisation', 'policy_changed', 'market', 'other')
$$;

CREATE SEQUENCE public.annual_plan_code
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.annual_plan (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    code text DEFAULT public.printed_code('KH'::text, 'public.annual_plan_code'::regclass) NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    name text NOT NULL,
    year integer NOT NULL,
    level text NOT NULL,
    programme_id uuid,
    status text DEFAULT 'draft'::text NOT NULL,
    opens_on date,
    closes_on date,
    organisation_id uuid NOT NULL,
    province_code text,
    codes_on date DEFAULT public.today() NOT NULL,
    evidence_grade text,
    origin text DEFAULT 'native'::text NOT NULL,
    history_quality text DEFAULT 'full'::text NOT NULL,
    note text,
    folded text GENERATED ALWAYS AS (public.fold(((name || ' '::text) || code))) STORED,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT annual_plan_closes_after_opens CHECK ((closes_on >= opens_on)),
    CONSTRAINT annual_plan_evidence_grade_known CHECK (public.is_evidence_grade(evidence_grade)),
    CONSTRAINT annual_plan_history_quality_known CHECK ((history_quality = ANY (ARRAY['full'::text, 'partial'::text, 'final_state_only'::text]))),
    CONSTRAINT annual_plan_level_known CHECK ((level = ANY (ARRAY['national'::text, 'local'::text]))),
    CONSTRAINT annual_plan_origin_known CHECK ((origin = ANY (ARRAY['native'::text, 'imported'::text, 'mirrored'::text]))),
    CONSTRAINT annual_plan_province_level CHECK (((level = 'national'::text) = (province_code IS NULL))),
    CONSTRAINT annual_plan_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'collecting'::text, 'appraising'::text, 'submitted'::text, 'returned'::text, 'assigned'::text, 'executing'::text, 'settling'::text, 'closed'::text]))),
    CONSTRAINT annual_plan_year_range CHECK (((year >= 1990) AND (year <= 2100)))
);

ALTER TABLE ONLY public.annual_plan FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.annual_plan IS 'Yearly plans of promotion (kế hoạch khuyến công năm): of the nation (KCQG) or of a province (KCĐP).';

COMMENT ON COLUMN public.annual_plan.level IS 'Whose money: national (KCQG) or local (KCĐP).';

COMMENT ON COLUMN public.annual_plan.opens_on IS 'First day on which projects are registered for the plan; null: not announced.';

COMMENT ON COLUMN public.annual_plan.closes_on IS 'Last day of registration; what is registered later is late.';

COMMENT ON COLUMN public.annual_plan.province_code IS 'Territory, as the code was used on codes_on; null exactly for national plans.';

COMMENT ON COLUMN public.annual_plan.codes_on IS 'Day on whose map the province code is read.';

CREATE SEQUENCE public.plan_adjustment_code
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.plan_adjustment (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    code text DEFAULT public.printed_code('DC'::text, 'public.plan_adjustment_code'::regclass) NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    annual_plan_id uuid NOT NULL,
    year integer NOT NULL,
    level text NOT NULL,
    kind text NOT NULL,
    items jsonb DEFAULT '[]'::jsonb NOT NULL,
    cut_percent numeric(5,2),
    reason_code text,
    amount_before_vnd bigint DEFAULT 0 NOT NULL,
    amount_after_vnd bigint DEFAULT 0 NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text,
    origin text DEFAULT 'native'::text NOT NULL,
    history_quality text DEFAULT 'full'::text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT plan_adjustment_amounts_range CHECK ((public.is_amount((amount_before_vnd)::numeric) AND public.is_amount((amount_after_vnd)::numeric))),
    CONSTRAINT plan_adjustment_cut_percent_kind CHECK (((cut_percent IS NULL) OR (kind = 'cut'::text))),
    CONSTRAINT plan_adjustment_cut_percent_range CHECK (((cut_percent > (0)::numeric) AND (cut_percent <= (100)::numeric))),
    CONSTRAINT plan_adjustment_history_quality_known CHECK ((history_quality = ANY (ARRAY['full'::text, 'partial'::text, 'final_state_only'::text]))),
    CONSTRAINT plan_adjustment_items_shape CHECK (public.are_objects(items)),
    CONSTRAINT plan_adjustment_kind_known CHECK ((kind = ANY (ARRAY['change'::text, 'add'::text, 'stop'::text, 'transfer'::text, 'cut'::text]))),
    CONSTRAINT plan_adjustment_origin_known CHECK ((origin = ANY (ARRAY['native'::text, 'imported'::text, 'mirrored'::text]))),
    CONSTRAINT plan_adjustment_reason_code_known CHECK (public.is_reason_code(reason_code)),
    CONSTRAINT plan_adjustment_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'submitted'::text, 'reviewing'::text, 'approved'::text, 'rejected'::text, 'withdrawn'::text])))
);

ALTER TABLE ONLY public.plan_adjustment FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.plan_adjustment IS 'Adjustments (điều chỉnh, bổ sung, ngừng) of an assigned plan. Only an approval with a decision applies them, as a new version of each item.';

COMMENT ON COLUMN public.plan_adjustment.year IS 'Of the plan.';

COMMENT ON COLUMN public.plan_adjustment.level IS 'Of the plan.';

COMMENT ON COLUMN public.plan_adjustment.kind IS 'change, add (bổ sung), stop (ngừng), transfer (between items, adds up to nothing), cut (cắt giảm).';

COMMENT ON COLUMN public.plan_adjustment.items IS '[{item_id, project_id, before, after, removed_line_ids}]; before is the item as it was when this was written, null where the project is added.';

COMMENT ON COLUMN public.plan_adjustment.cut_percent IS 'Of a cut across the board; null: the items say by how much.';

COMMENT ON COLUMN public.plan_adjustment.amount_before_vnd IS 'Support of its items before; amount_after_vnd: after.';

COMMENT ON COLUMN public.plan_adjustment.province_code IS 'Territory of the plan; in a plan of the nation, of who asks. Null: the adjustment is the centre''s own.';

CREATE FUNCTION public.adjustment_as_patched(d public.plan_adjustment, before public.plan_adjustment, plan public.annual_plan, patch jsonb, provinces text[], own_organisation uuid) RETURNS public.plan_adjustment
    LANGUAGE sql
    AS $$
  select case
    when patch ?| array['kind', 'items', 'cut_percent'] then checked_plan_adjustment(d, before, plan, provinces, own_organisation, null)
    else d
  end
$$;

CREATE FUNCTION public.adjustment_item_faults(d public.plan_adjustment, plan public.annual_plan, entry jsonb, place text, provinces text[], own_organisation uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  is_new constant boolean := d.kind = 'add';
  of_project constant uuid := (entry ->> 'project_id')::uuid;
begin
  return fault_if(is_new and (of_project is null or entry ->> 'item_id' is not null) or not is_new and entry ->> 'item_id' is null,
           place, 'plan_adjustment_item_kind')
    || fault_if(not is_new and entry ->> 'item_id' is not null and entry -> 'before' = 'null', place || '/item_id', 'unknown_reference')
    || fault_if(is_new and of_project is not null and not project_visible(of_project, provinces, own_organisation),
         place || '/project_id', 'unknown_reference')
    || fault_if(is_new and exists (select from project p where p.id = of_project and p.level <> plan.level),
         place || '/project_id', 'annual_plan_item_level')
    || fault_if(entry #>> '{after,activity_code}' is not null and not activity_fits(entry #>> '{after,activity_code}', null),
         place || '/after/activity_code', 'unknown_reference')
    || coalesce((select jsonb_agg(fault)
                   from jsonb_array_elements_text(entry -> 'removed_line_ids') with ordinality as line (id, n),
                        jsonb_array_elements(fault_if(
                          not exists (select from project_line l
                                       where l.id = line.id::uuid and l.project_id = of_project and l.deleted_at is null
                                         and l.status in ('planned', 'active', 'withdrawn')),
                          place || '/removed_line_ids/' || n - 1, 'unknown_reference')) as fault), '[]');
end
$$;

CREATE FUNCTION public.adjustment_items_json(items jsonb) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return (
    select coalesce(json_agg(json_build_object(
             'item_id', entry -> 'item_id', 'project_id', entry -> 'project_id', 'before', entry -> 'before', 'after', entry -> 'after',
             'removed_line_ids', entry -> 'removed_line_ids') order by n), '[]')
      from jsonb_array_elements(items) with ordinality listed (entry, n)
     where exists (select from annual_plan_item i where i.id = (entry ->> 'item_id')::uuid)
        or exists (select from project p where p.id = (entry ->> 'project_id')::uuid));
end
$$;

CREATE TABLE public.admin_unit (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    tier text NOT NULL,
    code text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    full_name text NOT NULL,
    parent_code text,
    province_code text NOT NULL,
    valid_from date NOT NULL,
    assumed_from date NOT NULL,
    valid_to date,
    legal_basis text,
    folded text GENERATED ALWAYS AS (public.fold(full_name)) STORED,
    CONSTRAINT admin_unit_valid_to_order CHECK ((valid_to >= valid_from))
);

ALTER TABLE ONLY public.admin_unit FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.admin_unit IS 'Provinces, districts (to 30/6/2025) and communes. One row per code and period: seven province codes name another province since 1/7/2025, so a code alone is no key.';

COMMENT ON COLUMN public.admin_unit.code IS 'Official code: 2 digits province, 3 district, 5 commune; the length tells the tier.';

COMMENT ON COLUMN public.admin_unit.parent_code IS 'Unit of the next tier that is valid on the same days.';

COMMENT ON COLUMN public.admin_unit.province_code IS 'Province above; of a province its own code. Worked out by the loader.';

COMMENT ON COLUMN public.admin_unit.valid_from IS 'First day; where legal_basis is null the first day for which the row is known.';

COMMENT ON COLUMN public.admin_unit.assumed_from IS 'First day for which a place may cite the row: open before valid_from where that is only "known from" and no earlier row has the code.';

COMMENT ON COLUMN public.admin_unit.valid_to IS 'Last day, inclusive; null: still valid.';

COMMENT ON COLUMN public.admin_unit.legal_basis IS 'Of valid_from.';

CREATE FUNCTION public.admin_unit_at(unit_code text, on_day date) RETURNS SETOF public.admin_unit
    LANGUAGE sql STABLE ROWS 1 PARALLEL SAFE
    AS $$
  select u.* from admin_unit u
   where u.code = unit_code and on_day >= u.assumed_from and (u.valid_to is null or on_day <= u.valid_to)
$$;

COMMENT ON FUNCTION public.admin_unit_at(unit_code text, on_day date) IS 'The unit of that code on a day; nothing when unknown. Days before a row that is only "known from" count to it.';

CREATE FUNCTION public.admin_unit_by_likeness(words text) RETURNS TABLE(code text, valid_from date, full_name text, source text, misfit integer, first integer)
    LANGUAGE sql STABLE
    AS $$
  select n.code, n.valid_from, n.full_name, n.source, 228 - (100 * likeness.degree)::integer, 1
    from (select without_kinds(spelled_out(words)) as key) asked
    join admin_unit_name n on n.line % asked.key or n.key % asked.key
   cross join lateral (
     select greatest(similarity(asked.key, n.key), similarity(asked.key, n.line), similarity(asked.key, concat_ws(' ', n.key, n.province_key))) as degree
   ) likeness
   where likeness.degree >= 0.45
   order by 5
   limit 10
$$;

CREATE FUNCTION public.admin_unit_by_name(words text) RETURNS TABLE(code text, valid_from date, full_name text, source text, misfit integer, first integer)
    LANGUAGE sql STABLE
    AS $$
  with asked as (
    select distinct string_to_array(key, ' ') as tokens from (values (spelled_out(words)), (lookup_key(words))) spelling (key)
  ), start as (
    -- A place begins at the first word, or at a word for a kind: what stands before may be a street.
    select a.tokens, n as first, substring(array_to_string(a.tokens[n:], ' ') from '^(' || kind_words() || ')\M') as word
      from asked a, generate_series(1, least(cardinality(a.tokens), 24)) n
  ), reading as (
    select s.tokens, s.first, s.word, s.first + cardinality(string_to_array(s.word, ' ')) as at from start s where s.word is not null
    union
    select s.tokens, s.first, null, s.first from start s where s.first = 1
  ), head as (
    select distinct r.first, r.word, array_to_string(r.tokens[r.at:r.at + length - 1], ' ') as key,
           without_kinds(array_to_string(r.tokens[r.at + length:], ' ')) as above
      from reading r, generate_series(1, 7) length
     where r.at + length - 1 <= cardinality(r.tokens)
  ), named as (
    select n.*, h.first, h.above, coalesce(n.kind = any (kinds_named(h.word)), true) as kind_fits,
           without_kinds(n.parent_key) as parent, without_kinds(n.province_key) as province,
           array(select without_kinds(k) from unnest(n.other_keys || n.parent_key || n.province_key) k where k is not null) as all_above
      from head h
      join admin_unit_name n on n.key = h.key
     where n.key = any (array(select key from head)) -- so that the planner takes the index
  )
  select n.code, n.valid_from, n.full_name, n.source,
         case
           when n.above in ('', n.parent, n.province, n.parent || ' ' || n.province) then 0
           when n.above = any (n.all_above)
                or exists (select from unnest(n.all_above) a, unnest(n.all_above) b where n.above = a || ' ' || b) then 2
           when exists (select from unnest(n.all_above) a where n.above like '% ' || a) then 16
           else 64
         end + (n.first > 1)::integer * 32 + (not n.kind_fits)::integer * 4
             + (has_marks(words) and position(' ' || n.marked || ' ' in ' ' || marked_key(words) || ' ') = 0)::integer,
         n.first
    from named n
$$;

CREATE FUNCTION public.admin_unit_json(u public.admin_unit) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('code', u.code, 'tier', u.tier, 'kind', u.kind, 'name', u.name, 'full_name', u.full_name,
    'parent_code', u.parent_code, 'parent', admin_unit_name(u.parent_code, u.valid_from),
    'province_code', u.province_code, 'province', admin_unit_name(u.province_code, u.valid_from),
    'valid_from', u.valid_from, 'valid_to', u.valid_to, 'legal_basis', u.legal_basis)
$$;

CREATE TABLE public.admin_unit_succession (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    old_code text NOT NULL,
    new_code text NOT NULL,
    tier text NOT NULL,
    effective_on date NOT NULL,
    kind text NOT NULL,
    part text NOT NULL,
    certainty text NOT NULL,
    legal_basis text
);

ALTER TABLE ONLY public.admin_unit_succession FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.admin_unit_succession IS 'Which unit became which. The old unit ended the day before effective_on, the new one began on it.';

COMMENT ON COLUMN public.admin_unit_succession.tier IS 'Of the old unit.';

COMMENT ON COLUMN public.admin_unit_succession.kind IS 'unchanged, renamed, merged, divided or reclassified.';

COMMENT ON COLUMN public.admin_unit_succession.part IS 'whole, or part: the old unit went to several; which address went where is not known.';

COMMENT ON COLUMN public.admin_unit_succession.certainty IS 'exact or inferred: how the conversion program found the link.';

CREATE FUNCTION public.admin_unit_link_json(s public.admin_unit_succession) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('kind', s.kind, 'part', s.part, 'certainty', s.certainty, 'effective_on', s.effective_on,
    'legal_basis', s.legal_basis,
    'from', (select admin_unit_summary_json(u) from admin_unit u where u.code = s.old_code and u.valid_to = s.effective_on - 1),
    'to', (select admin_unit_summary_json(u) from admin_unit u where u.code = s.new_code and u.valid_from = s.effective_on))
$$;

CREATE FUNCTION public.admin_unit_matches_json(words text, wanted_code text, wanted_tier text, on_day date) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
  matches json;
begin
  if (words is null) = (wanted_code is null) then
    perform refuse('#', 'text_or_code');
  end if;
  with known as (
    select u.code, u.valid_from, u.full_name, 'code' as source, 0 as misfit, 1 as first
      from admin_unit u
     where u.code = coalesce(wanted_code, trim(words))
    union all
    select * from admin_unit_by_name(words) where words is not null
  ), likely as (
    select * from known where misfit < 64
    union all
    select * from known where not exists (select from known where misfit < 64)
    union all
    select * from admin_unit_by_likeness(words) where words is not null and not exists (select from known)
  ), once as (
    select distinct on (l.code, l.valid_from) l.*, u as unit
      from likely l
      join admin_unit u on u.code = l.code and u.valid_from = l.valid_from
     where (wanted_tier is null or u.tier = wanted_tier)
       and (on_day is null or on_day >= u.assumed_from and (u.valid_to is null or on_day <= u.valid_to))
     order by l.code, l.valid_from, l.misfit, l.first, l.source = 'name' desc
  ), best as (
    select o.*, array(select t.code from admin_unit_today(o.code, o.valid_from) t order by 1) as fate
      from once o
     where o.misfit / 16 = (select min(misfit) / 16 from once) -- where the first word begins a place, later ones are what it lies in
     order by o.misfit, o.first, array_position(array['province', 'district', 'commune'], (o.unit).tier)
     limit 60
  ), lineage as (
    -- Đồng Nai has three rows, which all lead to the Đồng Nai of today: one match.
    select distinct on (b.code, (b.unit).name, b.fate) b.*
      from best b
     order by b.code, (b.unit).name, b.fate, b.misfit, b.first, b.valid_from desc
  ), ranked as (
    select l.*, exists (
             select from lineage r
              where r.misfit = l.misfit and r.first = l.first
                and (r.fate <> l.fate or l.source = 'code' and (r.unit).name <> (l.unit).name)) as has_rivals
      from lineage l
     order by l.misfit, l.first, array_position(array['province', 'district', 'commune'], (l.unit).tier),
              (l.unit).valid_to is not null, (l.unit).name collate vietnamese, l.code, l.valid_from desc
     limit 20
  )
  select json_agg(json_build_object(
           'unit', admin_unit_summary_json(r.unit),
           'parent', admin_unit_name((r.unit).parent_code, (r.unit).valid_from),
           'province', admin_unit_name((r.unit).province_code, (r.unit).valid_from),
           'matched_by', r.source,
           'matched_name', r.full_name,
           'certainty', case when r.misfit > 0 then 'inferred' when r.has_rivals then 'ambiguous' else 'exact' end,
           'current', (
             select coalesce(json_agg(json_build_object(
                      'unit', admin_unit_summary_json(u), 'province', admin_unit_name(u.province_code, u.valid_from),
                      'kind', t.kind, 'part', t.part, 'certainty', t.certainty) order by u.code), '[]')
               from admin_unit_today(r.code, r.valid_from) t
               join admin_unit u on u.code = t.code and u.valid_from = t.valid_from)))
    into matches
    from ranked r;
  return json_build_object('matches', coalesce(matches, '[]'));
end
$$;

COMMENT ON FUNCTION public.admin_unit_matches_json(words text, wanted_code text, wanted_tier text, on_day date) IS 'The answer of lookupAdminUnit: units that the text or code names, best first, with where they lie today.';

CREATE FUNCTION public.admin_unit_name(unit_code text, on_day date) RETURNS json
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
begin
  return (select json_build_object('code', u.code, 'name', u.name) from admin_unit_at(unit_code, on_day) u limit 1);
end
$$;

CREATE FUNCTION public.admin_unit_on(unit_code text, codes_on date, basis date) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
begin
  return (
    select m.on_code from admin_unit_map m
     where m.code = unit_code and codes_on between m.valid_from and m.valid_to
       and basis between m.on_from and m.on_to and m.is_only
     limit 1);
end
$$;

COMMENT ON FUNCTION public.admin_unit_on(unit_code text, codes_on date, basis date) IS 'Where a unit, recorded with the code of codes_on, lies on the map of another day; null when it was divided or is not known.';

CREATE FUNCTION public.admin_unit_summary_json(u public.admin_unit) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('code', u.code, 'tier', u.tier, 'kind', u.kind, 'name', u.name, 'full_name', u.full_name,
    'parent_code', u.parent_code, 'province_code', u.province_code, 'valid_from', u.valid_from, 'valid_to', u.valid_to)
$$;

CREATE FUNCTION public.admin_unit_today(unit_code text, unit_from date) RETURNS TABLE(code text, valid_from date, kind text, part text, certainty text)
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  with recursive origin as (
    select u.code, u.valid_from, u.valid_to, true as is_itself
      from admin_unit u
     where u.code = unit_code and u.valid_from = unit_from
    union all
    -- Districts have no successors but the islands: those of their communes are the candidates.
    select c.code, c.valid_from, c.valid_to, false
      from admin_unit d
      join admin_unit c on c.parent_code = d.code and c.valid_to = d.valid_to
     where d.code = unit_code and d.valid_from = unit_from and d.tier = 'district'
  ), walk as (
    select o.code, o.valid_from, o.valid_to, o.is_itself, 'unchanged' as kind, 'whole' as part, 'exact' as certainty from origin o
    union
    select n.code, n.valid_from, n.valid_to, w.is_itself,
           case when array_position(r.ranks, w.kind) > array_position(r.ranks, s.kind) then w.kind else s.kind end,
           case when 'part' in (w.part, s.part) then 'part' else 'whole' end,
           case when 'inferred' in (w.certainty, s.certainty) then 'inferred' else 'exact' end
      from walk w
      join admin_unit_succession s on s.old_code = w.code and s.effective_on = w.valid_to + 1
      join admin_unit n on n.code = s.new_code and n.valid_from = s.effective_on
     cross join (select array['unchanged', 'renamed', 'reclassified', 'merged', 'divided'] as ranks) r
     where s.effective_on <= today()
  ), arrived as (
    select * from walk w where w.valid_to is null or w.valid_to >= today()
  ), many as (
    select count(distinct a.code) > 1 as is_divided from arrived a
  )
  select a.code, a.valid_from,
         coalesce(max(a.kind) filter (where a.is_itself), case when m.is_divided then 'divided' else 'merged' end),
         coalesce(max(a.part) filter (where a.is_itself), case when m.is_divided then 'part' else 'whole' end),
         min(a.certainty)
    from arrived a
   cross join many m
   group by a.code, a.valid_from, m.is_divided
$$;

COMMENT ON FUNCTION public.admin_unit_today(unit_code text, unit_from date) IS 'The units of today that have territory of this one, itself included; more than one: candidates, among which only a person can choose.';

CREATE FUNCTION public.advance_faults(of_project uuid, s public.money_sums, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select guard_if(q.enforcement = 'block' and s.advanced > l.limit_vnd, '#/amount_vnd', 'g2_advances_within_share', 'G2',
           jsonb_build_object('advanced_vnd', s.advanced, 'limit_vnd', l.limit_vnd, 'percent', trim_scale(q.value),
             'contracted_vnd', s.contracted), q.legal_basis)
    from project p
   cross join parameter_on('advance_percent_max', on_day, p.level, p.province_code) q
   cross join lateral (select floor(q.value * s.contracted / 100)::bigint as limit_vnd) l
   where p.id = of_project
$$;

CREATE FUNCTION public.advanced_vnd(of_project uuid) RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
  select (money_of(of_project)).advanced
$$;

CREATE TABLE public.affected_area (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    province_code text NOT NULL,
    commune_codes text[] DEFAULT '{}'::text[] NOT NULL,
    codes_on date NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    legal_document_no text NOT NULL,
    legal_article text,
    organisation_id uuid NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT affected_area_ends_after_starts CHECK ((valid_to >= valid_from)),
    CONSTRAINT affected_area_kind_known CHECK ((kind = ANY (ARRAY['disaster'::text, 'epidemic'::text])))
);

ALTER TABLE ONLY public.affected_area FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.affected_area IS 'Areas declared hit by a disaster or an epidemic (vùng bị thiên tai, dịch bệnh), with the text that declares it. Everybody reads them; their territory writes them.';

COMMENT ON COLUMN public.affected_area.commune_codes IS 'Communes, as coded on codes_on; empty: the whole province.';

COMMENT ON COLUMN public.affected_area.valid_to IS 'Last day; null: not ended.';

CREATE FUNCTION public.affected_area_json(a public.affected_area) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', a.id,
    'version', a.version,
    'kind', a.kind,
    'name', a.name,
    'province_code', a.province_code,
    'commune_codes', a.commune_codes,
    'codes_on', a.codes_on,
    'province', admin_unit_name(a.province_code, a.codes_on),
    'current', current_json(a.province_code, a.codes_on),
    'valid_from', a.valid_from,
    'valid_to', a.valid_to,
    'legal_basis', json_build_object('document_no', a.legal_document_no, 'article', a.legal_article),
    'organisation_id', a.organisation_id,
    'note', a.note,
    'created_at', instant(a.created_at),
    'created_by', a.created_by,
    'updated_at', instant(a.updated_at),
    'updated_by', a.updated_by)
$$;

CREATE FUNCTION public.all_province_codes() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select array_agg(distinct code) from admin_unit where tier = 'province'
$$;

CREATE FUNCTION public.allocated_vnd(of_holder uuid, of_year integer, of_source text) RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
  select (coalesce((select sum(e.effect_vnd) from ledger_entry e
                     where e.holder_id = of_holder and e.year = of_year and e.source = of_source), 0)
        - coalesce((select sum(e.effect_vnd) from ledger_entry e
                     where e.from_holder_id = of_holder and e.year = of_year and e.source = of_source), 0))::bigint
$$;

COMMENT ON FUNCTION public.allocated_vnd(of_holder uuid, of_year integer, of_source text) IS 'What an organisation was given for a year from a source, after supplements, cuts and transfers.';

CREATE FUNCTION public.current_instant() RETURNS timestamp with time zone
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select now() + make_interval(secs => coalesce(nullif(current_setting('app.clock_shift', true), '')::double precision, 0))
$$;

CREATE FUNCTION public.is_source(source text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select source in ('central_promotion', 'local_promotion', 'counterpart', 'integrated', 'foreign', 'other')
$$;

COMMENT ON FUNCTION public.is_source(source text) IS 'Where money comes from: KCQG, KCĐP, đối ứng, lồng ghép, nước ngoài, khác.';

CREATE TABLE public.ledger_entry (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    kind text NOT NULL,
    source text NOT NULL,
    year integer NOT NULL,
    from_year integer,
    holder_id uuid,
    from_holder_id uuid,
    project_id uuid,
    line_id uuid,
    contract_id uuid,
    allocation_id uuid,
    payment_request_id uuid,
    settlement_id uuid,
    from_account text NOT NULL,
    to_account text NOT NULL,
    amount_vnd bigint NOT NULL,
    counts_as text NOT NULL,
    effect_vnd bigint NOT NULL,
    entry_on date NOT NULL,
    reverses_id uuid,
    document jsonb NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text,
    note text,
    recorded_at timestamp with time zone DEFAULT public.current_instant() NOT NULL,
    client_id uuid,
    person_id uuid,
    import_id uuid,
    CONSTRAINT ledger_entry_accounts_differ CHECK (((from_account <> to_account) OR (counts_as = 'transfer'::text))),
    CONSTRAINT ledger_entry_accounts_known CHECK (((from_account = ANY (ARRAY['budget'::text, 'allocated'::text, 'committed'::text, 'disbursed'::text])) AND (to_account = ANY (ARRAY['budget'::text, 'allocated'::text, 'committed'::text, 'disbursed'::text])))),
    CONSTRAINT ledger_entry_amount_range CHECK (((amount_vnd >= 1) AND (amount_vnd <= '9007199254740991'::bigint))),
    CONSTRAINT ledger_entry_contract_of_project CHECK (((contract_id IS NULL) OR (project_id IS NOT NULL))),
    CONSTRAINT ledger_entry_document_numbered CHECK (public.is_numbered_document(document)),
    CONSTRAINT ledger_entry_effect_of_amount CHECK ((abs(effect_vnd) = amount_vnd)),
    CONSTRAINT ledger_entry_from_year_of_transfer CHECK (((from_year IS NULL) OR (counts_as = 'transfer'::text))),
    CONSTRAINT ledger_entry_kind_known CHECK ((kind = ANY (ARRAY['allocation'::text, 'commitment'::text, 'advance'::text, 'payment'::text, 'recovery'::text, 'transfer'::text, 'reversal'::text]))),
    CONSTRAINT ledger_entry_owner_of_money CHECK (((project_id IS NOT NULL) OR (holder_id IS NOT NULL))),
    CONSTRAINT ledger_entry_reversal_names_entry CHECK (((kind = 'reversal'::text) = (reverses_id IS NOT NULL))),
    CONSTRAINT ledger_entry_source_known CHECK (public.is_source(source)),
    CONSTRAINT ledger_entry_version_one CHECK ((version = 1)),
    CONSTRAINT ledger_entry_year_range CHECK (((year >= 1990) AND (year <= 2100)))
);

ALTER TABLE ONLY public.ledger_entry FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.ledger_entry IS 'The ledger (sổ kinh phí): each entry moves whole đồng from one account to another. Append only, for everybody; a mistake is met by a counter-entry.';

COMMENT ON COLUMN public.ledger_entry.kind IS 'What happened; reversal: the counter-entry of reverses_id.';

COMMENT ON COLUMN public.ledger_entry.from_year IS 'Of money carried over: the year it leaves.';

COMMENT ON COLUMN public.ledger_entry.holder_id IS 'Organisation that holds allocated money; null: money of a project.';

COMMENT ON COLUMN public.ledger_entry.from_account IS 'budget (ngân sách), allocated (đã phân bổ), committed (đã cam kết theo hợp đồng), disbursed (đã chi): where the money leaves.';

COMMENT ON COLUMN public.ledger_entry.counts_as IS 'The kind whose sum it changes: its own, of a reversal that of the entry it meets.';

COMMENT ON COLUMN public.ledger_entry.effect_vnd IS 'By how much it changes that sum: the amount, or less the amount.';

COMMENT ON COLUMN public.ledger_entry.entry_on IS 'Day of the paper.';

COMMENT ON COLUMN public.ledger_entry.document IS 'The paper it rests on: kind and number at least.';

COMMENT ON COLUMN public.ledger_entry.organisation_id IS 'Owner of the project, or who holds the allocation.';

COMMENT ON COLUMN public.ledger_entry.import_id IS 'The import that it came with: an opening entry of a project whose papers stayed elsewhere. Null: posted by an act.';

CREATE FUNCTION public.allocation_entry_faults(e public.ledger_entry) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select coalesce(jsonb_agg(guard_fault('#/amount_vnd', 'allocation_covered', 'G1',
           jsonb_build_object('allocated_vnd', allocated_vnd(loss.holder, e.year, e.source), 'amount_vnd', e.amount_vnd))), '[]')
    from (values (e.holder_id, e.effect_vnd), (e.from_holder_id, - e.effect_vnd)) loss (holder, change)
   where loss.holder is not null and loss.change < 0
     and allocated_vnd(loss.holder, e.year, e.source) + loss.change < 0
$$;

COMMENT ON FUNCTION public.allocation_entry_faults(e public.ledger_entry) IS 'Nobody loses more than was given to him.';

CREATE TABLE public.allocation (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    year integer NOT NULL,
    source text NOT NULL,
    kind text NOT NULL,
    organisation_id uuid NOT NULL,
    from_organisation_id uuid,
    allocated_by_id uuid NOT NULL,
    amount_vnd bigint NOT NULL,
    decided_on date NOT NULL,
    document jsonb NOT NULL,
    province_code text,
    origin text DEFAULT 'native'::text NOT NULL,
    history_quality text DEFAULT 'full'::text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT allocation_amount_range CHECK (((amount_vnd >= 1) AND (amount_vnd <= '9007199254740991'::bigint))),
    CONSTRAINT allocation_document_numbered CHECK (public.is_numbered_document(document)),
    CONSTRAINT allocation_from_another CHECK ((from_organisation_id <> organisation_id)),
    CONSTRAINT allocation_from_of_transfer CHECK (((kind = 'transfer'::text) = (from_organisation_id IS NOT NULL))),
    CONSTRAINT allocation_history_quality_known CHECK ((history_quality = ANY (ARRAY['full'::text, 'partial'::text, 'final_state_only'::text]))),
    CONSTRAINT allocation_kind_known CHECK ((kind = ANY (ARRAY['baseline'::text, 'supplement'::text, 'cut'::text, 'transfer'::text]))),
    CONSTRAINT allocation_origin_known CHECK ((origin = ANY (ARRAY['native'::text, 'imported'::text, 'mirrored'::text]))),
    CONSTRAINT allocation_source_known CHECK (public.is_source(source)),
    CONSTRAINT allocation_stays CHECK ((deleted_at IS NULL)),
    CONSTRAINT allocation_year_range CHECK (((year >= 1990) AND (year <= 2100)))
);

ALTER TABLE ONLY public.allocation FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.allocation IS 'Money given to organisations by year and source (phân bổ, giao kinh phí). Append only; each posts an entry to the ledger.';

COMMENT ON COLUMN public.allocation.kind IS 'baseline, supplement: given; cut: taken back; transfer: from another organisation.';

COMMENT ON COLUMN public.allocation.organisation_id IS 'Who gets the money, or loses it by a cut.';

COMMENT ON COLUMN public.allocation.allocated_by_id IS 'Organisation that recorded the allocation.';

COMMENT ON COLUMN public.allocation.province_code IS 'Of the organisation; null: a body of the centre.';

CREATE FUNCTION public.allocation_json(a public.allocation) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', a.id,
    'version', a.version,
    'year', a.year,
    'source', a.source,
    'kind', a.kind,
    'organisation_id', a.organisation_id,
    'from_organisation_id', a.from_organisation_id,
    'allocated_by_id', a.allocated_by_id,
    'amount_vnd', a.amount_vnd,
    'allocated_vnd', allocated_vnd(a.organisation_id, a.year, a.source),
    'decided_on', a.decided_on,
    'document', document_json(a.document),
    'province_code', a.province_code,
    'origin', a.origin,
    'history_quality', a.history_quality,
    'note', a.note,
    'created_at', instant(a.created_at),
    'created_by', a.created_by,
    'updated_at', instant(a.updated_at),
    'updated_by', a.updated_by)
$$;

CREATE FUNCTION public.allowed_actions(of_type text, of_status text, own_tier text, own_roles text[], record jsonb DEFAULT '{}'::jsonb, on_day date DEFAULT public.today()) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('action', r.action, 'requires', r.requires) order by r.action), '[]')
      from rules_from(of_type, of_status, record, on_day) r
     where is_allowed(r, own_tier, own_roles) and has_scope(r.scope))
    || case when (record ->> 'version')::integer > 1
              and has_scope((rule_of_act(correctable_act(of_type, record, own_tier, own_roles), record)).scope)
         then '[{"action": "correct", "requires": ["note"]}]' else '[]'::jsonb end;
end
$$;

COMMENT ON FUNCTION public.allowed_actions(of_type text, of_status text, own_tier text, own_roles text[], record jsonb, on_day date) IS '[{action, requires[]}] for a caller who may write the record, as far as his token reaches.';

CREATE FUNCTION public.annual_plan_actions(a public.annual_plan) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select case
    when annual_plan_writable(a, claim('app.tier'), string_to_array(claim('app.provinces'), ','), claim('app.organisation_id')::uuid)
      then allowed_actions('annual_plan', a.status, claim('app.tier'), acting_roles(), to_jsonb(a))
    else '[]'
  end
$$;

CREATE TABLE public.annual_plan_item (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    annual_plan_id uuid NOT NULL,
    year integer NOT NULL,
    level text NOT NULL,
    project_id uuid NOT NULL,
    activity_code text,
    support_vnd bigint NOT NULL,
    counterpart_vnd bigint DEFAULT 0 NOT NULL,
    completion_month text,
    is_stopped boolean DEFAULT false NOT NULL,
    registered_on date DEFAULT public.today() NOT NULL,
    plan_adjustment_id uuid,
    baseline jsonb,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT annual_plan_item_baseline_shape CHECK ((jsonb_typeof(baseline) = 'object'::text)),
    CONSTRAINT annual_plan_item_completion_month_form CHECK ((completion_month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'::text)),
    CONSTRAINT annual_plan_item_counterpart_range CHECK (public.is_amount((counterpart_vnd)::numeric)),
    CONSTRAINT annual_plan_item_support_range CHECK (public.is_amount((support_vnd)::numeric))
);

ALTER TABLE ONLY public.annual_plan_item FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.annual_plan_item IS 'Items (dòng kế hoạch) of a yearly plan, one for each project. The columns are the current plan; what was assigned at first is the baseline.';

COMMENT ON COLUMN public.annual_plan_item.year IS 'Of the plan.';

COMMENT ON COLUMN public.annual_plan_item.level IS 'Of the plan.';

COMMENT ON COLUMN public.annual_plan_item.activity_code IS 'The content that the money is for; null: as the lines of the project say.';

COMMENT ON COLUMN public.annual_plan_item.completion_month IS 'YYYY-MM.';

COMMENT ON COLUMN public.annual_plan_item.is_stopped IS 'An approved adjustment stopped the project in this plan.';

COMMENT ON COLUMN public.annual_plan_item.registered_on IS 'Day of the registration; late when after the last day of the plan.';

COMMENT ON COLUMN public.annual_plan_item.plan_adjustment_id IS 'The adjustment that added the item to a plan already assigned; null: it was planned from the start.';

COMMENT ON COLUMN public.annual_plan_item.baseline IS 'Giao đầu năm: the members as the plan was assigned, never changed. Null: not assigned yet, or added by an adjustment.';

COMMENT ON COLUMN public.annual_plan_item.organisation_id IS 'Of the plan.';

COMMENT ON COLUMN public.annual_plan_item.province_code IS 'Of the project.';

CREATE FUNCTION public.annual_plan_item_json(i public.annual_plan_item) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
  newest annual_plan_item_version;
  plan_closes_on constant date := (select a.closes_on from annual_plan a where a.id = i.annual_plan_id);
begin
  select * into newest from annual_plan_item_version v where v.item_id = i.id order by v.version_no desc limit 1;
  return json_build_object(
    'id', i.id,
    'version', i.version,
    'annual_plan_id', i.annual_plan_id,
    'year', i.year,
    'level', i.level,
    'project_id', i.project_id,
    'project', (select json_build_object('id', p.id, 'code', p.code, 'name', p.name, 'scale', p.scale, 'status', p.status)
                  from project p where p.id = i.project_id),
    'activity_code', i.activity_code,
    'support_vnd', i.support_vnd,
    'counterpart_vnd', i.counterpart_vnd,
    'completion_month', i.completion_month,
    'is_stopped', i.is_stopped,
    'registered_on', i.registered_on,
    'is_late', coalesce(i.registered_on > plan_closes_on, false),
    'plan_adjustment_id', i.plan_adjustment_id,
    'baseline', case when i.baseline is not null then to_jsonb(plan_item_state(null, 0, 0, null, false)) || i.baseline end,
    'current', case when newest.id is not null then plan_item_version_json(newest) end,
    'organisation_id', i.organisation_id,
    'province_code', i.province_code,
    'note', i.note,
    'created_at', instant(i.created_at),
    'created_by', i.created_by,
    'updated_at', instant(i.updated_at),
    'updated_by', i.updated_by);
end
$$;

CREATE FUNCTION public.annual_plan_json(a public.annual_plan) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', a.id,
    'code', a.code,
    'version', a.version,
    'name', a.name,
    'year', a.year,
    'level', a.level,
    'programme_id', a.programme_id,
    'status', a.status,
    'stage', stage_of('annual_plan', a.status),
    'allowed_actions', annual_plan_actions(a),
    'opens_on', a.opens_on,
    'closes_on', a.closes_on,
    'totals', annual_plan_totals(a.id),
    'decisions', decisions_of('annual_plan', a.id, '{assign}'),
    'organisation_id', a.organisation_id,
    'province_code', a.province_code,
    'codes_on', a.codes_on,
    'province', admin_unit_name(a.province_code, a.codes_on),
    'current', current_json(a.province_code, a.codes_on),
    'evidence_grade', a.evidence_grade,
    'external_refs', external_refs_json('annual_plan', a.id),
    'origin', a.origin,
    'history_quality', a.history_quality,
    'note', a.note,
    'created_at', instant(a.created_at),
    'created_by', a.created_by,
    'updated_at', instant(a.updated_at),
    'updated_by', a.updated_by)
$$;

CREATE FUNCTION public.annual_plan_missing(a public.annual_plan, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select required_for_submit('annual_plan', to_jsonb(a), case
    when exists (select from annual_plan_item i where i.annual_plan_id = a.id and i.deleted_at is null) then '{}'
    else '{"annual_plan_has_item": {}}'::jsonb
  end, on_day)
$$;

CREATE FUNCTION public.annual_plan_snapshot(of_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select frozen_part(annual_plan_json(a)) || jsonb_build_object(
           'items', (select coalesce(jsonb_agg(annual_plan_item_json(i)::jsonb - 'project' order by i.created_at, i.id), '[]')
                       from annual_plan_item i where i.annual_plan_id = a.id and i.deleted_at is null))
    from annual_plan a
   where a.id = of_id
$$;

CREATE FUNCTION public.annual_plan_summary_json(a public.annual_plan) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', a.id,
    'code', a.code,
    'version', a.version,
    'name', a.name,
    'year', a.year,
    'level', a.level,
    'programme_id', a.programme_id,
    'status', a.status,
    'stage', stage_of('annual_plan', a.status),
    'opens_on', a.opens_on,
    'closes_on', a.closes_on,
    'totals', annual_plan_totals(a.id),
    'organisation_id', a.organisation_id,
    'province_code', a.province_code,
    'codes_on', a.codes_on,
    'province', admin_unit_name(a.province_code, a.codes_on),
    'current', current_json(a.province_code, a.codes_on),
    'updated_at', instant(a.updated_at))
$$;

CREATE FUNCTION public.annual_plan_totals(of_plan uuid) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return (
    select json_build_object(
             'items_count', count(*), 'stopped_count', count(*) filter (where i.is_stopped),
             'support_vnd', coalesce(sum(i.support_vnd), 0)::bigint,
             'counterpart_vnd', coalesce(sum(i.counterpart_vnd), 0)::bigint,
             'baseline_support_vnd', coalesce(sum((i.baseline ->> 'support_vnd')::bigint), 0)::bigint,
             'baseline_counterpart_vnd', coalesce(sum((i.baseline ->> 'counterpart_vnd')::bigint), 0)::bigint)
      from annual_plan_item i
     where i.annual_plan_id = of_plan and i.deleted_at is null);
end
$$;

COMMENT ON FUNCTION public.annual_plan_totals(of_plan uuid) IS 'Of the items that the caller sees: all of a local plan, those of his territory in a plan of the nation.';

CREATE FUNCTION public.annual_plan_visible(wanted uuid, provinces text[], own_organisation uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return wanted is null or exists (
    select from annual_plan a
     where a.id = wanted and a.deleted_at is null
       and (a.level = 'national' or a.province_code = any (provinces) or a.organisation_id = own_organisation));
end
$$;

COMMENT ON FUNCTION public.annual_plan_visible(wanted uuid, provinces text[], own_organisation uuid) IS 'May this caller name the plan? Null names none.';

CREATE FUNCTION public.annual_plan_writable(a public.annual_plan, tier text, provinces text[], own_organisation uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select case
    when a.level = 'national' then tier = 'central'
    else coalesce(a.province_code = any (provinces) or a.organisation_id = own_organisation, false)
  end
$$;

COMMENT ON FUNCTION public.annual_plan_writable(a public.annual_plan, tier text, provinces text[], own_organisation uuid) IS 'National plans: central bodies; local ones: their territory and the organisation that made them.';

CREATE FUNCTION public.apply_version_targets(of_programme uuid, wanted jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  update target t
     set deleted_at = current_instant(), version = t.version + 1
   where t.programme_id = of_programme and t.deleted_at is null
     and not exists (select from jsonb_array_elements(wanted) w where (w ->> 'target_id')::uuid = t.id);
  update target t
     set name = w.name, indicator_code = w.indicator_code, operator = w.operator, kind = w.kind, measures = w.measures,
         tolerance_percent = w.tolerance_percent, "from" = w."from", "to" = w."to", version = t.version + 1
    from jsonb_to_recordset(wanted) w (target_id uuid, name text, indicator_code text, operator text, kind text, measures jsonb,
           tolerance_percent numeric, "from" date, "to" date)
   where t.id = w.target_id and t.programme_id = of_programme;
  insert into target (programme_id, name, indicator_code, operator, kind, measures, tolerance_percent, "from", "to")
  select of_programme, w.name, w.indicator_code, w.operator, w.kind, w.measures, w.tolerance_percent, w."from", w."to"
    from jsonb_to_recordset(wanted) w (target_id uuid, name text, indicator_code text, operator text, kind text, measures jsonb,
           tolerance_percent numeric, "from" date, "to" date)
   where w.target_id is null;
end
$$;

CREATE TABLE public.appraisal (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    project_id uuid NOT NULL,
    tier text DEFAULT 'base'::text NOT NULL,
    appraised_on date NOT NULL,
    checks jsonb DEFAULT '[]'::jsonb NOT NULL,
    result text,
    priority_rule_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    conclusion text,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    origin text DEFAULT 'native'::text NOT NULL,
    history_quality text DEFAULT 'full'::text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT appraisal_checks_shape CHECK (public.are_objects(checks)),
    CONSTRAINT appraisal_history_quality_known CHECK ((history_quality = ANY (ARRAY['full'::text, 'partial'::text, 'final_state_only'::text]))),
    CONSTRAINT appraisal_origin_known CHECK ((origin = ANY (ARRAY['native'::text, 'imported'::text, 'mirrored'::text]))),
    CONSTRAINT appraisal_result_known CHECK ((result = ANY (ARRAY['passed'::text, 'passed_with_conditions'::text, 'failed'::text]))),
    CONSTRAINT appraisal_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'signed'::text]))),
    CONSTRAINT appraisal_tier_known CHECK ((tier = ANY (ARRAY['base'::text, 'central'::text])))
);

ALTER TABLE ONLY public.appraisal FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.appraisal IS 'Appraisals (phiếu thẩm định) of projects, at the base and at the ministry. A signed one stays.';

COMMENT ON COLUMN public.appraisal.tier IS 'base (cơ sở) or central (cấp Bộ).';

COMMENT ON COLUMN public.appraisal.checks IS '[{code, passed, note}]: what the sheet asks, one by one.';

COMMENT ON COLUMN public.appraisal.priority_rule_ids IS 'Priority rules that the project meets.';

COMMENT ON COLUMN public.appraisal.organisation_id IS 'Of the project.';

COMMENT ON COLUMN public.appraisal.province_code IS 'Of the project.';

CREATE FUNCTION public.appraisal_json(a public.appraisal) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', a.id,
    'version', a.version,
    'status', a.status,
    'stage', stage_of('appraisal', a.status),
    'allowed_actions', allowed_actions('appraisal', a.status, claim('app.tier'), acting_roles(), to_jsonb(a)),
    'project_id', a.project_id,
    'tier', a.tier,
    'appraised_on', a.appraised_on,
    'checks', (select coalesce(json_agg(json_build_object('code', c ->> 'code', 'passed', c -> 'passed', 'note', c ->> 'note') order by n), '[]')
                 from jsonb_array_elements(a.checks) with ordinality l (c, n)),
    'result', a.result,
    'priority_rule_ids', a.priority_rule_ids,
    'conclusion', a.conclusion,
    'organisation_id', a.organisation_id,
    'province_code', a.province_code,
    'origin', a.origin,
    'history_quality', a.history_quality,
    'note', a.note,
    'created_at', instant(a.created_at),
    'created_by', a.created_by,
    'updated_at', instant(a.updated_at),
    'updated_by', a.updated_by)
$$;

CREATE FUNCTION public.appraisal_missing(a public.appraisal, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select required_for_submit('appraisal', to_jsonb(a), '{}', on_day)
$$;

CREATE FUNCTION public.appraisal_snapshot(of_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select frozen_part(appraisal_json(a)) from appraisal a where a.id = of_id
$$;

CREATE FUNCTION public.are_difficulties(shape jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select are_objects(shape) and not exists (
    select from jsonb_array_elements(shape) d
     where not coalesce(are_difficulty_tags(array(select jsonb_array_elements_text(d -> 'tags'))), false))
$$;

CREATE FUNCTION public.are_difficulty_tags(tags text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select tags <@ '{capital,land,labour,materials,market,technology,procedure,environment}'
$$;

CREATE FUNCTION public.are_findings(shape jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select are_objects(shape) and not exists (
    select from jsonb_array_elements(shape) f
     where not coalesce(f ->> 'status' in ('open', 'remedied') and f ->> 'severity' in ('minor', 'major', 'critical'), false)
        or (f ->> 'status' = 'remedied') <> (f ->> 'remedied_on' is not null))
$$;

CREATE FUNCTION public.are_ip_rights(shape jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when jsonb_typeof(shape) is distinct from 'array' then false
    else not exists (select from jsonb_array_elements(shape) e where jsonb_typeof(e -> 'kind') is distinct from 'string')
  end
$$;

CREATE FUNCTION public.are_measures(shape jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when jsonb_typeof(shape) is distinct from 'array' then false
    else jsonb_array_length(shape) between 1 and 2
      and not exists (select from jsonb_array_elements(shape) m where not is_measure(m))
  end
$$;

CREATE FUNCTION public.are_recipients(shape jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when not are_objects(shape) then false
    else (select count(r ->> 'organisation_id') = count(*) and count(distinct r ->> 'organisation_id') = count(*)
            from jsonb_array_elements(shape) r)
  end
$$;

COMMENT ON FUNCTION public.are_recipients(shape jsonb) IS '[{organisation_id, replied_on}], each organisation once.';

CREATE FUNCTION public.are_version_targets(shape jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when not are_objects(shape) then false
    else not exists (
      select from jsonb_array_elements(shape) t
       where not (coalesce(t ->> 'name', '') ~ '\S' and coalesce(t ->> 'kind', '') in ('flow', 'stock')
                  and coalesce(t ->> 'operator', '') in ('gt', 'gte', 'eq', 'approx', 'lte', 'lt') and are_measures(t -> 'measures')
                  and t #>> '{measures,0,measure_unit}' is distinct from t #>> '{measures,1,measure_unit}'
                  and (t ->> 'tolerance_percent' is null or t ->> 'operator' = 'approx')
                  and coalesce(t ->> 'to' >= t ->> 'from' collate "C", true)))
  end
$$;

COMMENT ON FUNCTION public.are_version_targets(shape jsonb) IS 'What the rows of target ask, of the targets of a version.';

CREATE TABLE public.eligible_area (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    code text NOT NULL,
    kind text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    province_code text,
    admin_unit_codes text[] DEFAULT '{}'::text[] NOT NULL,
    codes_on date NOT NULL,
    is_excluded boolean DEFAULT false NOT NULL,
    legal_document_no text NOT NULL,
    legal_article text,
    valid_from date NOT NULL,
    valid_to date,
    certainty text NOT NULL,
    enforcement text NOT NULL,
    note text,
    version integer DEFAULT 1 NOT NULL,
    origin text DEFAULT 'release'::text NOT NULL,
    replaces_id uuid,
    organisation_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    CONSTRAINT eligible_area_certainty_known CHECK ((certainty = ANY (ARRAY['verified'::text, 'second_hand'::text, 'uncertain'::text]))),
    CONSTRAINT eligible_area_ends_after_starts CHECK ((valid_to >= valid_from)),
    CONSTRAINT eligible_area_enforcement_known CHECK ((enforcement = ANY (ARRAY['block'::text, 'warn'::text]))),
    CONSTRAINT eligible_area_kind_known CHECK ((kind = ANY (ARRAY['rural'::text, 'craft_village'::text, 'difficult'::text, 'especially_difficult'::text, 'poor_district'::text, 'new_rural'::text]))),
    CONSTRAINT eligible_area_origin_known CHECK ((origin = ANY (ARRAY['release'::text, 'authority'::text]))),
    CONSTRAINT eligible_area_uncertain_warns CHECK (((certainty <> 'uncertain'::text) OR (enforcement = 'warn'::text)))
);

ALTER TABLE ONLY public.eligible_area FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.eligible_area IS 'Areas where promotion supports, or supports more (địa bàn được hỗ trợ, ưu tiên), over time; loaded from db/reference/eligible_areas.csv.';

COMMENT ON COLUMN public.eligible_area.kind IS 'rural (towns and communes of the countryside), craft_village, difficult, especially_difficult, poor_district, new_rural.';

COMMENT ON COLUMN public.eligible_area.province_code IS 'Null: everywhere.';

COMMENT ON COLUMN public.eligible_area.admin_unit_codes IS 'Communes and districts, as coded on codes_on; empty: by the words of the text alone.';

COMMENT ON COLUMN public.eligible_area.is_excluded IS 'The text takes the area out.';

COMMENT ON COLUMN public.eligible_area.origin IS 'release: loaded with it, which may correct the row as long as nobody has changed it; authority: entered over the API.';

COMMENT ON COLUMN public.eligible_area.replaces_id IS 'The row that this one took the place of, which ended on the day before.';

COMMENT ON COLUMN public.eligible_area.organisation_id IS 'The body that entered the row; null: of the release.';

CREATE FUNCTION public.area_verdict(place jsonb, on_day date) RETURNS TABLE(area public.eligible_area, verdict text)
    LANGUAGE sql STABLE
    AS $$
  with asked as (
    select a as area, a.admin_unit_codes <> '{}' as is_list, covers(a, place, on_day) as is_covered
      from eligible_area a
     where a.kind in ('rural', 'craft_village') and in_days(on_day, a.valid_from, a.valid_to)
       and (a.province_code is null
            or a.province_code = province_on(place ->> 'province_code', (place ->> 'codes_on')::date, a.codes_on, place ->> 'commune_code'))
  ), judged as (
    select q.area, case when (q.area).is_excluded and q.is_covered then 'excluded'
                        when not (q.area).is_excluded and q.is_covered then 'listed'
                        when not (q.area).is_excluded and q.is_list then 'not_listed'
                        when not (q.area).is_excluded then 'by_words' end as verdict
      from asked q
  )
  select j.area, j.verdict from judged j
   where j.verdict is not null
   -- What a text takes out is out; where units are listed the list tells, else the words of the text do.
   order by array_position('{excluded,listed,not_listed,by_words}', j.verdict), (j.area).province_code is null, (j.area).enforcement, (j.area).code
   limit 1
$$;

COMMENT ON FUNCTION public.area_verdict(place jsonb, on_day date) IS 'What the areas in force say of a place: excluded, listed, not_listed, or by_words where no text lists units. No row: none is known for the day.';

CREATE FUNCTION public.assigned_baseline_vnd(of_project uuid, of_year integer DEFAULT NULL::integer) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
  select sum(coalesce((i.baseline ->> 'support_vnd')::bigint, 0))::bigint
    from public.annual_plan_item i
    join public.annual_plan a on a.id = i.annual_plan_id
   where i.project_id = of_project and (of_year is null or i.year = of_year)
     and i.deleted_at is null and a.deleted_at is null and public.plan_is_assigned(a.status)
$$;

COMMENT ON FUNCTION public.assigned_baseline_vnd(of_project uuid, of_year integer) IS 'Support as it was assigned at the beginning of the year; what adjustments added counts nothing. Null: in no assigned plan.';

CREATE FUNCTION public.assigned_vnd(of_project uuid, of_year integer DEFAULT NULL::integer) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
  select sum(i.support_vnd)::bigint
    from public.annual_plan_item i
    join public.annual_plan a on a.id = i.annual_plan_id
   where i.project_id = of_project and (of_year is null or i.year = of_year)
     and i.deleted_at is null and a.deleted_at is null and public.plan_is_assigned(a.status)
$$;

COMMENT ON FUNCTION public.assigned_vnd(of_project uuid, of_year integer) IS 'Support assigned to a project as the plans stand now (in one year or in all); null: it is in no assigned plan.';

CREATE FUNCTION public.attainment_columns() RETURNS json
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select json_build_array(
    report_text_column('operator_label', 'Mức giao', 'Operator'), report_column('planned', 'Kế hoạch', 'Planned', null, false),
    report_text_column('unit_label', 'Đơn vị tính', 'Unit'), report_column('actual', 'Thực hiện', 'Actual', null, false),
    report_column('attained_percent', 'Mức đạt', 'Attained', 'percent', false), report_column('expected', 'Theo tiến độ bình quân', 'Expected by linear pace', null, false),
    report_text_column('result_label', 'Kết quả', 'Result'), report_column('project_count', 'Số đề án đóng góp', 'Contributing projects', null, false),
    report_text_column('verdict_label', 'Kết luận tay', 'Verdict by hand'), report_text_column('verdict_source', 'Nguồn của kết luận', 'Source of the verdict'))
$$;

CREATE FUNCTION public.attainment_indicators(results jsonb, by_hand bigint) RETURNS json
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select json_build_array(
    report_indicator('targets_exceeded', 'Chỉ tiêu vượt', 'Targets exceeded', 'Mọi số đo đều vượt', coalesce((results ->> 'exceeded')::numeric, 0)),
    report_indicator('targets_met', 'Chỉ tiêu đạt', 'Targets met', 'Mọi số đo đều đạt hoặc vượt', coalesce((results ->> 'met')::numeric, 0)),
    report_indicator('targets_not_met', 'Chỉ tiêu không đạt', 'Targets not met', 'Có số đo không đạt', coalesce((results ->> 'not_met')::numeric, 0)),
    report_indicator('targets_no_data', 'Chỉ tiêu chưa có số liệu', 'Targets without data', 'Có số đo chưa có số liệu và không có kết luận', coalesce((results ->> 'no_data')::numeric, 0)),
    report_indicator('targets_by_verdict', 'Trong đó theo kết luận tay', 'Of these by a verdict', 'Chỉ tiêu chưa có số liệu, kết quả theo kết luận gần nhất', by_hand))
$$;

CREATE FUNCTION public.authority_faults(of_type text, record jsonb, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  documents constant jsonb := coalesce(nullif(act -> 'documents', 'null'), '[]');
  rightful approving_authority;
begin
  select a.* into rightful
    from approving_authority a
   where a.record_type = of_type and a.action = act ->> 'action' and a.level = record ->> 'level' and in_days(on_day, a.valid_from, a.valid_to)
   order by a.tier = claim('app.tier') desc, array_position('{central,province,district,commune}', a.tier)
   limit 1;
  if rightful.id is null or names_authority(rightful, documents) and rightful.tier = claim('app.tier') then
    return '[]';
  end if;
  return jsonb_build_array(jsonb_build_object('pointer', '#/documents', 'code', 'approving_authority',
    'params', jsonb_build_object('member', jsonb_build_object(
      'vi', 'quyết định của cấp có thẩm quyền: ' || rightful.name_vi, 'en', 'a decision of the competent authority: ' || rightful.name_en)),
    'legal_basis', rightful.legal_basis, 'certainty', rightful.certainty, 'enforcement', 'warn'));
end
$$;

COMMENT ON FUNCTION public.authority_faults(of_type text, record jsonb, act jsonb, on_day date) IS 'A warning when no decision of who approves on that day is cited; never more (2646/QĐ-BCT was signed three weeks before it could be).';

CREATE FUNCTION public.authors_of(of_type text, of_id uuid) RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
  select array_agg(who)
    from (select coalesce(h.user_id, h.client_id)
            from public.history h
           where h.record_type = of_type and h.record_id = of_id and h.event = 'created'
          union
          select coalesce(t.person_id, t.client_id)
            from public.transition t
           where t.record_type = of_type and t.record_id = of_id and t.action = 'submit') author (who)
$$;

CREATE FUNCTION public.base64url(bytes bytea) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
  select translate(encode(bytes, 'base64'), E'+/=\n', '-_')
$$;

CREATE FUNCTION public.basis_date(geo_basis text) RETURNS date
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return case geo_basis when 'as_recorded' then null when 'current' then today() else geo_basis::date end;
exception when datetime_field_overflow or invalid_datetime_format then
  raise exception using errcode = 'PT400', message = 'invalid-parameter',
    detail = jsonb_build_array(jsonb_build_object('parameter', 'geo_basis', 'code', 'format', 'params', '{"format": "date"}'::jsonb));
end
$$;

COMMENT ON FUNCTION public.basis_date(geo_basis text) IS 'The day whose map `geo_basis` asks for; null: as recorded.';

CREATE FUNCTION public.begin_content(new_id uuid, part jsonb, own_organisation uuid, own_province text) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
begin
  perform refuse_faults(file_faults(part ->> 'file_name', part ->> 'media_type', part ->> 'sniffed_type', '#/file/'));
  delete from file_content c
   where c.id in (select old.id from file_content old where is_abandoned(old.is_whole, old.began_at)
                    and not exists (select from file f where f.id = old.id) limit 20);
  insert into file_content (id, sniffed_type, organisation_id, province_code)
  values (new_id, part ->> 'sniffed_type', own_organisation, own_province);
  return new_id;
end
$$;

COMMENT ON FUNCTION public.begin_content(new_id uuid, part jsonb, own_organisation uuid, own_province text) IS 'The first bytes of an upload have come. Uploads that were cut a day ago go at the same time.';

CREATE FUNCTION public.belongs_to_project() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if new.project_id is not null then
    select p.organisation_id, p.province_code, p.codes_on into new.organisation_id, new.province_code, new.codes_on
      from project p where p.id = new.project_id;
  end if;
  return new;
end
$$;

CREATE FUNCTION public.belongs_to_round() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  select d.province_code, d.codes_on into new.province_code, new.codes_on from voting_round d where d.id = new.round_id;
  return new;
end
$$;

CREATE FUNCTION public.beneficiaries_kept(t public.past_project, provinces text[], own_organisation uuid) RETURNS uuid[]
    LANGUAGE plpgsql
    AS $$
declare
  words text;
  met uuid[];
  kept uuid[] := '{}';
begin
  foreach words in array t.beneficiaries loop
    met := establishments_of_words(words, provinces);
    perform refuse_faults(fault_if(cardinality(met) > 1, '#/beneficiaries', 'import_beneficiary_unclear', jsonb_build_object('found', words)));
    if cardinality(met) = 0 then
      insert into establishment (organisation_id, province_code, codes_on, name, origin, history_quality)
      values (own_organisation, (t.project).province_code, (t.project).codes_on, left(words, 300), 'imported', 'final_state_only')
      returning array[id] into met;
    end if;
    kept := kept || met;
  end loop;
  return kept;
end
$$;

COMMENT ON FUNCTION public.beneficiaries_kept(t public.past_project, provinces text[], own_organisation uuid) IS 'The establishments of those names; who is not in the registry yet is entered with his name alone.';

CREATE TABLE public.project_line (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    project_id uuid NOT NULL,
    title text NOT NULL,
    activity_code text,
    establishment_id uuid,
    quantity numeric,
    eligible_cost_vnd bigint,
    support_vnd bigint,
    counterpart_vnd bigint,
    is_technology_line boolean DEFAULT false NOT NULL,
    machines jsonb DEFAULT '[]'::jsonb NOT NULL,
    status text DEFAULT 'planned'::text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT project_line_counterpart_range CHECK (public.is_amount((counterpart_vnd)::numeric)),
    CONSTRAINT project_line_eligible_cost_range CHECK (public.is_amount((eligible_cost_vnd)::numeric)),
    CONSTRAINT project_line_machines_shape CHECK (public.are_objects(machines)),
    CONSTRAINT project_line_quantity_range CHECK (((quantity >= (0)::numeric) AND (quantity <= ('9007199254740991'::bigint)::numeric))),
    CONSTRAINT project_line_status_known CHECK ((status = ANY (ARRAY['planned'::text, 'active'::text, 'accepted'::text, 'settled'::text, 'withdrawn'::text, 'removed'::text]))),
    CONSTRAINT project_line_support_range CHECK (public.is_amount((support_vnd)::numeric)),
    CONSTRAINT project_line_support_within_cost CHECK ((support_vnd <= eligible_cost_vnd))
);

ALTER TABLE ONLY public.project_line FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.project_line IS 'Lines (hạng mục) of a project: what is done, and for whom.';

COMMENT ON COLUMN public.project_line.establishment_id IS 'The beneficiary; null: none, or not chosen yet.';

COMMENT ON COLUMN public.project_line.is_technology_line IS 'Dây chuyền công nghệ: another ceiling of support applies.';

COMMENT ON COLUMN public.project_line.machines IS 'What is bought: [{name, model, maker, capacity, origin_country, made_in_year, new_percent, serial_no, quantity, price_vnd, invoice_no}].';

COMMENT ON COLUMN public.project_line.province_code IS 'Of the project.';

CREATE FUNCTION public.beneficiary_limits(of_line public.project_line, cost bigint, quantity numeric, is_technology_line boolean, on_day date) RETURNS TABLE(norm public.norm, percent_limit bigint, cap_limit bigint, limit_vnd bigint)
    LANGUAGE sql STABLE
    AS $$
  select h.norm, h.percent_limit, h.cap_limit, least(h.percent_limit, h.cap_limit)
    from project p
   cross join lateral norm_limits(jsonb_build_object('activity_code', of_line.activity_code, 'level', p.level, 'place', project_place(p),
           'eligible_cost_vnd', cost, 'quantity', greatest(floor(quantity), 1), 'is_technology_line', is_technology_line), on_day) l
   cross join lateral (
     select l.norm, l.percent_limit,
            -- A cap for one establishment stays one, however many machines it buys.
            case when (l.norm).per = 'establishment' and of_line.establishment_id is not null
                 then least(l.cap_limit, floor((l.norm).cap_vnd * (l.norm).multiplier)::bigint) else l.cap_limit end as cap_limit) h
   where p.id = of_line.project_id and l.is_counted
$$;

COMMENT ON FUNCTION public.beneficiary_limits(of_line public.project_line, cost bigint, quantity numeric, is_technology_line boolean, on_day date) IS 'The norms that count for a line with this eligible cost, each with both limits and the smaller of them.';

CREATE FUNCTION public.blocks_of(faults jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
  select coalesce(jsonb_agg(f - array['certainty', 'enforcement'] order by n), '[]')
    from jsonb_array_elements(faults) with ordinality w (f, n)
   where f ->> 'enforcement' is distinct from 'warn'
$$;

CREATE FUNCTION public.canonical_json(value jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
begin
  return case jsonb_typeof(value)
    when 'object' then (
      select '{' || coalesce(string_agg(to_json(m.key)::text || ':' || canonical_json(m.value), ',' order by m.key collate "C"), '') || '}'
        from jsonb_each(value) m)
    when 'array' then (
      select '[' || coalesce(string_agg(canonical_json(e.value), ',' order by e.place), '') || ']'
        from jsonb_array_elements(value) with ordinality e (value, place))
    when 'number' then trim_scale((value #>> '{}')::numeric)::text
    when 'string' then to_json(value #>> '{}')::text
    else value::text
  end;
end
$$;

CREATE FUNCTION public.is_revocation(shape jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
  select case
    when jsonb_typeof(shape) is distinct from 'object' then false
    else coalesce(shape ->> 'ground_code', '') <> '' and coalesce(shape ->> 'revoked_on' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', false)
  end
$_$;

COMMENT ON FUNCTION public.is_revocation(shape jsonb) IS '{ground_code, revoked_on, documents}.';

CREATE FUNCTION public.public_number() RETURNS text
    LANGUAGE sql PARALLEL SAFE
    AS $$
  select string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz', 1 + (get_byte(made.bytes, place) & 31), 1), '' order by place)
    from (select uuid_send(gen_random_uuid()) as bytes) made, unnest(array[0, 1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 13]) place
$$;

CREATE TABLE public.certificate (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date NOT NULL,
    origin text DEFAULT 'native'::text NOT NULL,
    history_quality text DEFAULT 'full'::text NOT NULL,
    evidence_grade text,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    scheme text NOT NULL,
    status text DEFAULT 'valid'::text NOT NULL,
    public_no text DEFAULT public.public_number() NOT NULL,
    certificate_no text NOT NULL,
    tier text NOT NULL,
    stars integer,
    product_id uuid NOT NULL,
    product_name text NOT NULL,
    product_code text,
    product_set_id uuid,
    product_group_code text,
    establishment_id uuid NOT NULL,
    establishment_name text NOT NULL,
    registration_id uuid,
    result_id uuid,
    entry_id uuid,
    issuer_id uuid,
    issuer_name text NOT NULL,
    decision jsonb NOT NULL,
    decision_signature jsonb,
    issued_on date NOT NULL,
    valid_to date,
    replaced_by_id uuid,
    revocation jsonb,
    folded text GENERATED ALWAYS AS (public.fold(((((((certificate_no || ' '::text) || product_name) || ' '::text) || establishment_name) || ' '::text) || COALESCE(product_code, ''::text)))) STORED,
    CONSTRAINT certificate_decision_shape CHECK ((jsonb_typeof(decision) = 'object'::text)),
    CONSTRAINT certificate_decision_signature_shape CHECK ((jsonb_typeof(decision_signature) = 'object'::text)),
    CONSTRAINT certificate_entry_required CHECK (((scheme <> 'voting'::text) OR ((origin = 'native'::text) = (entry_id IS NOT NULL)))),
    CONSTRAINT certificate_evidence_grade_known CHECK (public.is_evidence_grade(evidence_grade)),
    CONSTRAINT certificate_evidence_required CHECK (((origin = 'native'::text) OR (evidence_grade IS NOT NULL))),
    CONSTRAINT certificate_history_quality_known CHECK ((history_quality = ANY (ARRAY['full'::text, 'partial'::text, 'final_state_only'::text]))),
    CONSTRAINT certificate_origin_known CHECK ((origin = ANY (ARRAY['native'::text, 'imported'::text, 'mirrored'::text]))),
    CONSTRAINT certificate_replaced_status CHECK (((replaced_by_id IS NULL) OR (status = 'superseded'::text))),
    CONSTRAINT certificate_result_required CHECK (((scheme <> 'ocop'::text) OR ((origin = 'native'::text) = (result_id IS NOT NULL)))),
    CONSTRAINT certificate_revocation_shape CHECK (((revocation IS NULL) OR public.is_revocation(revocation))),
    CONSTRAINT certificate_revocation_status CHECK (((revocation IS NULL) OR (status = 'revoked'::text))),
    CONSTRAINT certificate_scheme_known CHECK ((scheme = ANY (ARRAY['ocop'::text, 'voting'::text]))),
    CONSTRAINT certificate_stars_range CHECK (
CASE scheme
    WHEN 'ocop'::text THEN ((stars IS NOT NULL) AND ((stars >= 3) AND (stars <= 5)))
    ELSE (stars IS NULL)
END),
    CONSTRAINT certificate_status_known CHECK ((status = ANY (ARRAY['valid'::text, 'suspended'::text, 'revoked'::text, 'superseded'::text]))),
    CONSTRAINT certificate_tier_known CHECK ((tier = ANY (ARRAY['central'::text, 'region'::text, 'province'::text, 'district'::text, 'commune'::text]))),
    CONSTRAINT certificate_valid_to_order CHECK ((valid_to >= issued_on))
);

ALTER TABLE ONLY public.certificate FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.certificate IS 'Certificates of both schemes. A registry extract, not the seal: the decision is the paper, and the check of its official signature is kept beside.';

COMMENT ON COLUMN public.certificate.province_code IS 'Territory as coded on codes_on: of the registration, else of the product. Never changed after mergers.';

COMMENT ON COLUMN public.certificate.status IS 'As decided: valid, suspended, revoked, superseded. That a term has run out is told by its day (certificate_status).';

COMMENT ON COLUMN public.certificate.public_no IS 'Stands in links and QR codes, cannot be guessed, and is the name (rid) under which a certificate is revoked.';

COMMENT ON COLUMN public.certificate.certificate_no IS 'As printed; unique only with its issuer and day.';

COMMENT ON COLUMN public.certificate.tier IS 'Of the authority that issued it.';

COMMENT ON COLUMN public.certificate.stars IS 'OCOP: 3 to 5, of the council''s result alone.';

COMMENT ON COLUMN public.certificate.product_name IS 'As printed; the product may be renamed.';

COMMENT ON COLUMN public.certificate.product_code IS 'Mã sản phẩm OCOP as printed, in the codes of its day.';

COMMENT ON COLUMN public.certificate.product_group_code IS 'Voting: group of products.';

COMMENT ON COLUMN public.certificate.establishment_name IS 'As printed.';

COMMENT ON COLUMN public.certificate.issuer_id IS 'Null where the body is not among the organisations here.';

COMMENT ON COLUMN public.certificate.decision IS 'The paper: {kind, document_no, issued_on, issuer_name, title, article, file_id}.';

COMMENT ON COLUMN public.certificate.decision_signature IS 'What a check of the official digital signature on the decision found: {signer, serial, checked_at, result}.';

COMMENT ON COLUMN public.certificate.valid_to IS 'Last day; null: no term was set.';

COMMENT ON COLUMN public.certificate.revocation IS '{ground_code, revoked_on, documents}.';

CREATE FUNCTION public.certificate_claims(c public.certificate) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_strip_nulls(json_build_object(
    'nbf', extract(epoch from c.issued_on::timestamp at time zone 'Asia/Ho_Chi_Minh')::bigint,
    'exp', extract(epoch from (c.valid_to + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh')::bigint,
    'no', c.certificate_no, 'name', c.product_name, 'producer', certificate_producer(c),
    'group', coalesce((select s.name_vi from ocop_product_set s where s.id = c.product_set_id), c.product_group_code),
    'stars', c.stars, 'unit', admin_unit_name(c.province_code, c.codes_on) ->> 'name',
    'decision', concat_ws(', ', c.decision ->> 'document_no', c.decision ->> 'issued_on', c.issuer_name), 'rid', c.public_no))
$$;

COMMENT ON FUNCTION public.certificate_claims(c public.certificate) IS 'The payload of the signature in a QR code: public members only; exp is the first moment after the last day.';

CREATE FUNCTION public.certificate_event(before jsonb, after jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when before is null or before = 'null' then 'issued'
    when before -> 'deleted_at' <> after -> 'deleted_at' then case after -> 'deleted_at' when 'null' then 'restored' else 'removed' end
    when before -> 'status' <> after -> 'status' then case when after ->> 'status' = 'valid' then 'reinstated' else after ->> 'status' end
    when before -> 'valid_to' <> after -> 'valid_to' then 'extended'
  end
$$;

COMMENT ON FUNCTION public.certificate_event(before jsonb, after jsonb) IS 'What a change made of a certificate; null: nothing that the log is about.';

CREATE FUNCTION public.certificate_issue(c public.certificate) RETURNS public.certificate
    LANGUAGE plpgsql
    AS $$
declare
  kept certificate;
  signature constant jsonb := certificate_signature(c.decision_signature);
begin
  perform refuse_faults(
       fault_if(c.issued_on > today(), '#/issued_on', 'date_in_future')
    || fault_if((c.decision ->> 'issued_on')::date > today(), '#/decision/issued_on', 'date_in_future')
    || fault_if(signature ->> 'checked_at' is not null and (signature ->> 'checked_at')::timestamptz > current_instant(),
         '#/decision_signature/checked_at', 'date_in_future'));
  insert into certificate (id, organisation_id, province_code, codes_on, origin, history_quality, evidence_grade, note, scheme, status,
    certificate_no, tier, stars, product_id, product_name, product_code, product_set_id, product_group_code, establishment_id,
    establishment_name, registration_id, result_id, entry_id, issuer_id, issuer_name, decision, decision_signature, issued_on, valid_to,
    revocation)
  values (coalesce(c.id, uuidv7()), c.organisation_id, c.province_code, c.codes_on, coalesce(c.origin, 'native'),
    coalesce(c.history_quality, 'full'), c.evidence_grade, c.note, c.scheme, coalesce(c.status, 'valid'), c.certificate_no, c.tier,
    c.stars, c.product_id, c.product_name, c.product_code, c.product_set_id, c.product_group_code, c.establishment_id,
    c.establishment_name, c.registration_id, c.result_id, c.entry_id, c.issuer_id, c.issuer_name, c.decision, signature,
    c.issued_on, c.valid_to, c.revocation)
  returning * into kept;
  return kept;
end
$$;

COMMENT ON FUNCTION public.certificate_issue(c public.certificate) IS 'Keeps a certificate of either scheme. Who may issue it, and what it rests on, is for the caller to have checked.';

CREATE FUNCTION public.certificate_issuer_json(c public.certificate) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', c.issuer_id, 'code', o.code, 'name', c.issuer_name, 'tier', c.tier)
    from (select) one left join organisation o on o.id = c.issuer_id
$$;

CREATE FUNCTION public.certificate_json(c public.certificate) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', c.id, 'version', c.version, 'scheme', c.scheme, 'status', certificate_status(c),
    'allowed_actions', allowed_actions('certificate', c.status, claim('app.tier'), acting_roles(), to_jsonb(c)),
    'certificate_no', c.certificate_no, 'public_no', c.public_no, 'tier', c.tier, 'stars', c.stars,
    'product_id', c.product_id, 'product_name', c.product_name, 'product_code', c.product_code, 'product_set', certificate_set_json(c),
    'product_group_code', c.product_group_code, 'establishment_id', c.establishment_id, 'establishment_name', c.establishment_name,
    'registration_id', c.registration_id, 'result_id', c.result_id, 'entry_id', c.entry_id,
    'issuer', certificate_issuer_json(c), 'decision', (documents_json(jsonb_build_array(c.decision)) -> 0),
    'decision_signature', c.decision_signature, 'issued_on', c.issued_on, 'valid_to', c.valid_to, 'replaced_by_id', c.replaced_by_id,
    'revocation', revocation_json(c.revocation), 'warnings', certificate_warnings(c),
    'organisation_id', c.organisation_id, 'province_code', c.province_code, 'codes_on', c.codes_on,
    'province', admin_unit_name(c.province_code, c.codes_on), 'current', current_json(c.province_code, c.codes_on),
    'evidence_grade', c.evidence_grade, 'origin', c.origin, 'history_quality', c.history_quality, 'note', c.note,
    'created_at', instant(c.created_at), 'created_by', c.created_by, 'updated_at', instant(c.updated_at), 'updated_by', c.updated_by)
$$;

CREATE FUNCTION public.certificate_keys() RETURNS TABLE(kid text, serial_no integer, until timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  return query
    select k.kid, k.serial_no, lead(k.not_before) over (order by k.serial_no)
      from public.signing_key k
     where k.purpose = 'certificate';
end
$$;

COMMENT ON FUNCTION public.certificate_keys() IS 'The keys of certificates and when the next one began; null: it still signs.';

CREATE FUNCTION public.certificate_last_day(issued_on date, months integer) RETURNS date
    LANGUAGE sql STABLE
    AS $$
  select (issued_on + make_interval(months => months))::date + coalesce(parameter_value('certificate_last_day_shift', issued_on), 0)::integer
$$;

COMMENT ON FUNCTION public.certificate_last_day(issued_on date, months integer) IS 'The last day of a certificate of so many months; whether the day itself counts is a parameter.';

CREATE FUNCTION public.certificate_producer(c public.certificate) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select case when public_establishment_name(e) is not null then c.establishment_name end from establishment e where e.id = c.establishment_id
$$;

CREATE FUNCTION public.certificate_set_json(c public.certificate) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', s.id, 'set_code', s.set_code, 'name_vi', s.name_vi, 'sector', s.sector, 'legal_document_no', s.legal_document_no)
    from ocop_product_set s where s.id = c.product_set_id
$$;

CREATE FUNCTION public.certificate_signature(said jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
  select case
    when jsonb_typeof(said) = 'object' then jsonb_build_object('signer', said -> 'signer', 'serial', said -> 'serial',
           'checked_at', said -> 'checked_at', 'result', said -> 'result')
  end
$$;

CREATE FUNCTION public.certificate_status(c public.certificate, on_day date DEFAULT public.today()) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select case when c.status in ('revoked', 'superseded') then c.status when c.valid_to < on_day then 'expired' else c.status end
$$;

COMMENT ON FUNCTION public.certificate_status(c public.certificate, on_day date) IS 'What a certificate is on a day: a decision that ended it goes before the end of its term, and that before a suspension.';

CREATE FUNCTION public.certificate_summary_json(c public.certificate) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', c.id, 'version', c.version, 'scheme', c.scheme, 'status', certificate_status(c),
    'certificate_no', c.certificate_no, 'public_no', c.public_no, 'stars', c.stars, 'product_id', c.product_id, 'product_name', c.product_name,
    'product_code', c.product_code, 'product_set', certificate_set_json(c), 'establishment_id', c.establishment_id,
    'establishment_name', c.establishment_name, 'issuer', certificate_issuer_json(c), 'issued_on', c.issued_on, 'valid_to', c.valid_to,
    'origin', c.origin, 'organisation_id', c.organisation_id, 'province_code', c.province_code, 'codes_on', c.codes_on,
    'province', admin_unit_name(c.province_code, c.codes_on), 'current', current_json(c.province_code, c.codes_on),
    'updated_at', instant(c.updated_at))
$$;

CREATE FUNCTION public.certificate_taken(b public.certificate, of_scheme text, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE sql STABLE
    AS $$
  select c.id
    from certificate c
   where c.scheme = of_scheme and c.deleted_at is null
     and (c.result_id = b.result_id or c.entry_id = b.entry_id or c.certificate_no = b.certificate_no and c.issued_on = b.issued_on)
     and (c.province_code = any (provinces) or c.organisation_id = own_organisation)
   order by c.result_id is not distinct from b.result_id desc, c.id
   limit 1
$$;

COMMENT ON FUNCTION public.certificate_taken(b public.certificate, of_scheme text, provinces text[], own_organisation uuid) IS 'The certificate that stands in the way of another one, where the caller sees it.';

CREATE FUNCTION public.certificate_warnings(c public.certificate) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select warning_if(c.origin = 'native' and c.valid_to is not null and p.certainty = 'uncertain', '#/valid_to', 'certificate_last_day_uncertain',
           'Chưa có văn bản nói rõ ngày cuối cùng còn hiệu lực', 'No text says which day is the last of the term')
    from (select) one left join parameter_on('certificate_last_day_shift', c.issued_on) p on true
$$;

CREATE FUNCTION public.changed_members(before jsonb, after jsonb, free text[]) RETURNS text[]
    LANGUAGE sql IMMUTABLE
    AS $$
  select coalesce(array_agg(b.key order by b.key), '{}')
    from jsonb_each(before - free) b
   where after -> b.key is distinct from b.value
$$;

CREATE FUNCTION public.changed_part(of_type text, of_id uuid, body jsonb, wanted_version bigint) RETURNS TABLE(id uuid, version integer)
    LANGUAGE plpgsql
    AS $_$
declare
  columns text := (select string_agg(quote_ident(member), ', ') from jsonb_object_keys(body) member);
begin
  perform refuse_faults(references_faults(of_type, body));
  return query execute format('update %1$I r set version = next_version(r.version, $1)%2$s where r.id = $2 returning r.id, r.version',
      of_type, coalesce(', (' || columns || ') = (select ' || columns || ' from jsonb_populate_record(r, $3))', ''))
    using wanted_version, of_id, body;
end
$_$;

CREATE FUNCTION public.changed_record(of_type text, of_id uuid, body jsonb, wanted_version bigint, provinces text[], own_organisation uuid) RETURNS TABLE(id uuid, version integer)
    LANGUAGE plpgsql
    AS $_$
declare
  columns text := (select string_agg(quote_ident(member), ', ') from jsonb_object_keys(body) member);
begin
  if not record_held(of_type, of_id, provinces, own_organisation) then
    return;
  end if;
  perform refuse_faults(references_faults(of_type, body));
  body := placed_body(body);
  return query execute format('update %1$I r set version = next_version(r.version, $1)%2$s where r.id = $2 returning r.id, r.version',
      of_type, coalesce(', (' || columns || ') = (select ' || columns || ' from jsonb_populate_record(r, $3))', ''))
    using wanted_version, of_id, body;
end
$_$;

COMMENT ON FUNCTION public.changed_record(of_type text, of_id uuid, body jsonb, wanted_version bigint, provinces text[], own_organisation uuid) IS 'Changes the members sent; no row when the record is not there, deleted or not the caller''s.';

CREATE FUNCTION public.changed_voting_entry(of_id uuid, body jsonb, wanted_version bigint, provinces text[], own_organisation uuid) RETURNS TABLE(id uuid, version integer)
    LANGUAGE plpgsql
    AS $$
declare
  stored voting_entry;
begin
  select * into stored from voting_entry e where e.id = of_id and e.deleted_at is null
     and voting_seen(e.province_code, e.organisation_id, provinces, own_organisation) for no key update;
  if stored.id is null then
    return;
  end if;
  if stored.status not in ('draft', 'submitted') and stored.origin = 'native' and body - 'note' <> '{}' then
    perform refuse_by_guards(jsonb_build_array(jsonb_build_object('pointer', '#/status', 'code', 'voting_entry_pinned')));
  end if;
  perform refuse_faults(voting_entry_faults(body, (select p from product p where p.id = stored.product_id), provinces, own_organisation));
  return query select c.id, c.version from changed_part('voting_entry', of_id, body, wanted_version) c;
end
$$;

CREATE FUNCTION public.changed_voting_record(of_type text, of_id uuid, body jsonb, wanted_version bigint, tier text, provinces text[], own_organisation uuid) RETURNS TABLE(id uuid, version integer)
    LANGUAGE plpgsql
    AS $$
begin
  if voting_record_held(of_type, of_id, tier, provinces, own_organisation) then
    perform refuse_faults(voting_references_faults(body, provinces, own_organisation));
    return query select c.id, c.version from changed_part(of_type, of_id, body, wanted_version) c;
  end if;
end
$$;

CREATE TABLE public.check_rule (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    guard text NOT NULL,
    kind text NOT NULL,
    accepted text[] DEFAULT '{}'::text[] NOT NULL,
    except_activities text[] DEFAULT '{}'::text[] NOT NULL,
    legal_basis text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    certainty text NOT NULL,
    enforcement text NOT NULL,
    note text,
    CONSTRAINT check_rule_certainty_known CHECK ((certainty = ANY (ARRAY['verified'::text, 'second_hand'::text, 'uncertain'::text]))),
    CONSTRAINT check_rule_ends_after_starts CHECK ((valid_to >= valid_from)),
    CONSTRAINT check_rule_enforcement_known CHECK ((enforcement = ANY (ARRAY['block'::text, 'warn'::text]))),
    CONSTRAINT check_rule_guard_known CHECK ((guard = ANY (ARRAY['g3'::text, 'g4'::text, 'g5'::text, 'g6'::text]))),
    CONSTRAINT check_rule_uncertain_warns CHECK (((certainty <> 'uncertain'::text) OR (enforcement = 'warn'::text)))
);

ALTER TABLE ONLY public.check_rule FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.check_rule IS 'What the checks of lines rest on and how strict they are; loaded from db/reference/check_rules.csv. The day of the act chooses the row; without a row there is no such check.';

COMMENT ON COLUMN public.check_rule.guard IS 'The guard that asks: g3 norms, g4 sums, g5 double support, g6 eligibility.';

COMMENT ON COLUMN public.check_rule.kind IS 'The question: norm_known, line_sum, support_sum, same_item, same_activity, legal_form, size_class, area, trade.';

COMMENT ON COLUMN public.check_rule.accepted IS 'Values that pass: legal forms, size classes, kinds of communes, divisions of VSIC.';

COMMENT ON COLUMN public.check_rule.except_activities IS 'Activities to which the row does not apply.';

CREATE FUNCTION public.check_rules(of_guard text, on_day date) RETURNS SETOF public.check_rule
    LANGUAGE sql STABLE
    AS $$
  select r.* from check_rule r
   where r.guard = of_guard and on_day >= r.valid_from and (r.valid_to is null or on_day <= r.valid_to)
$$;

CREATE FUNCTION public.checked_affected_area(a public.affected_area, before public.affected_area, body jsonb, own_province text) RETURNS public.affected_area
    LANGUAGE plpgsql
    AS $$
begin
  if body ? 'legal_basis' then
    a.legal_document_no := body #>> '{legal_basis,document_no}';
    a.legal_article := body #>> '{legal_basis,article}';
  end if;
  a.commune_codes := coalesce(a.commune_codes, '{}');
  a.province_code := coalesce(a.province_code, own_province);
  if a.codes_on is null or a.province_code is distinct from before.province_code and not body ? 'codes_on' then
    a.codes_on := province_day(a.province_code, a.valid_from);
  end if;
  perform refuse_faults(
    province_faults('#/province_code', a.province_code, a.codes_on)
    || coalesce((select jsonb_agg(fault)
                   from unnest(a.commune_codes) with ordinality as listed (code, n),
                        jsonb_array_elements(fault_if(
                          not exists (select from admin_unit_at(listed.code, a.codes_on) u
                                       where u.tier = 'commune' and u.province_code = a.province_code),
                          '#/commune_codes/' || n - 1, 'unknown_admin_unit',
                          jsonb_build_object('code', listed.code, 'codes_on', a.codes_on))) as fault), '[]'));
  return a;
end
$$;

CREATE FUNCTION public.checked_allocation(a public.allocation) RETURNS public.allocation
    LANGUAGE plpgsql STABLE
    AS $$
begin
  perform refuse_faults(
    fault_if(not exists (select from organisation o where o.id = a.organisation_id and o.deleted_at is null), '#/organisation_id',
      'unknown_reference')
    || fault_if(not organisation_known(a.from_organisation_id), '#/from_organisation_id', 'unknown_reference')
    || fault_if(a.decided_on > today(), '#/decided_on', 'date_in_future'));
  a.province_code := (select o.province_code from organisation o where o.id = a.organisation_id);
  return a;
end
$$;

CREATE FUNCTION public.checked_annual_plan(a public.annual_plan, before public.annual_plan, provinces text[], own_organisation uuid, own_province text) RETURNS public.annual_plan
    LANGUAGE plpgsql
    AS $$
begin
  if before.id is not null then
    a.year := before.year;
    a.level := before.level;
    a.province_code := before.province_code;
    a.codes_on := before.codes_on;
  elsif a.level = 'local' then
    a.province_code := coalesce(a.province_code, own_province);
    a.codes_on := coalesce(a.codes_on, province_day(a.province_code, make_date(a.year, 1, 1)));
    perform refuse_faults(province_faults('#/province_code', a.province_code, a.codes_on));
  end if;
  a.codes_on := coalesce(a.codes_on, make_date(a.year, 1, 1));
  a.name := coalesce(a.name, 'Kế hoạch khuyến công ' || case a.level when 'national' then 'quốc gia' else 'địa phương' end || ' năm ' || a.year);
  perform refuse_faults(fault_if(a.programme_id is distinct from before.programme_id
    and not programme_visible(a.programme_id, provinces, own_organisation), '#/programme_id', 'unknown_reference'));
  return a;
end
$$;

CREATE TABLE public.target_assessment (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    target_id uuid NOT NULL,
    result text NOT NULL,
    assessed_on date NOT NULL,
    assessed_by_id uuid NOT NULL,
    person_id uuid,
    source text NOT NULL,
    documents jsonb DEFAULT '[]'::jsonb NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT target_assessment_documents_shape CHECK (public.are_objects(documents)),
    CONSTRAINT target_assessment_result_known CHECK ((result = ANY (ARRAY['exceeded'::text, 'met'::text, 'not_met'::text, 'no_data'::text]))),
    CONSTRAINT target_assessment_source_given CHECK ((source ~ '\S'::text))
);

ALTER TABLE ONLY public.target_assessment FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.target_assessment IS 'Judgements of targets by hand (kết luận tay): a verdict without figures, from whom, when, on what source.';

COMMENT ON COLUMN public.target_assessment.result IS 'exceeded, met, not_met or no_data.';

COMMENT ON COLUMN public.target_assessment.assessed_by_id IS 'The organisation that judged.';

COMMENT ON COLUMN public.target_assessment.person_id IS 'The user on whose behalf the client wrote it; null: none was named.';

COMMENT ON COLUMN public.target_assessment.source IS 'Where the verdict stands: a report, a review, a minute.';

COMMENT ON COLUMN public.target_assessment.organisation_id IS 'Of the target.';

COMMENT ON COLUMN public.target_assessment.province_code IS 'Of the target; null: national.';

CREATE FUNCTION public.checked_assessment(s public.target_assessment) RETURNS public.target_assessment
    LANGUAGE plpgsql
    AS $$
begin
  s.documents := coalesce(s.documents, '[]');
  perform refuse_faults(fault_if(s.assessed_on > today(), '#/assessed_on', 'date_in_future'));
  return s;
end
$$;

CREATE FUNCTION public.checked_lines(of_project uuid) RETURNS TABLE(line_no integer, line public.project_line)
    LANGUAGE sql STABLE
    AS $$
  select numbered.line_no, numbered.line
    from (select (row_number() over (order by l.created_at, l.id) - 1)::integer as line_no, l as line
            from project_line l where l.project_id = of_project and l.deleted_at is null) numbered
   where (numbered.line).status not in ('withdrawn', 'removed')
$$;

COMMENT ON FUNCTION public.checked_lines(of_project uuid) IS 'Lines that go on, numbered as `expand=lines` shows them.';

CREATE FUNCTION public.is_checklist(shape jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when jsonb_typeof(shape) is distinct from 'array' then false
    else (select count(*) = count(distinct e ->> 'requirement_code')
            and bool_and(coalesce(e ->> 'status', '') in ('missing', 'provided', 'accepted', 'rejected')
                         and jsonb_typeof(e -> 'file_ids') = 'array') is not false
            from jsonb_array_elements(shape) e)
  end
$$;

COMMENT ON FUNCTION public.is_checklist(shape jsonb) IS '[{requirement_code, status, file_ids, cited_from}], each requirement once.';

CREATE FUNCTION public.is_recognition(shape jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
  select case
    when jsonb_typeof(shape) is distinct from 'object' then false
    else coalesce((shape ->> 'stars')::integer between 3 and 5, false)
      and coalesce(shape ->> 'decision_no', '') <> '' and coalesce(shape ->> 'issuer_name', '') <> ''
      and coalesce(shape ->> 'decided_on' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', false)
      and coalesce(shape ->> 'valid_to' >= shape ->> 'decided_on' collate "C", true)
  end
$_$;

COMMENT ON FUNCTION public.is_recognition(shape jsonb) IS '{stars 3 to 5, decision_no, decided_on, issuer_name, valid_to}; fewer stars are not recognised.';

CREATE SEQUENCE public.ocop_registration_code
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.ocop_registration (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date NOT NULL,
    origin text DEFAULT 'native'::text NOT NULL,
    history_quality text DEFAULT 'full'::text NOT NULL,
    evidence_grade text,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    code text DEFAULT public.printed_code('HS'::text, 'public.ocop_registration_code'::regclass) NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    product_id uuid NOT NULL,
    product_name text NOT NULL,
    establishment_id uuid NOT NULL,
    kind text,
    round_id uuid,
    product_set_id uuid,
    decided_under jsonb,
    submitted_on date,
    tier text,
    product_code text,
    checklist jsonb DEFAULT '[]'::jsonb NOT NULL,
    recognition jsonb,
    folded text GENERATED ALWAYS AS (public.fold(((((code || ' '::text) || product_name) || ' '::text) || COALESCE(product_code, ''::text)))) STORED,
    CONSTRAINT ocop_registration_checklist_shape CHECK (public.is_checklist(checklist)),
    CONSTRAINT ocop_registration_evidence_grade_known CHECK (public.is_evidence_grade(evidence_grade)),
    CONSTRAINT ocop_registration_evidence_required CHECK (((recognition IS NULL) OR (evidence_grade IS NOT NULL))),
    CONSTRAINT ocop_registration_history_quality_known CHECK ((history_quality = ANY (ARRAY['full'::text, 'partial'::text, 'final_state_only'::text]))),
    CONSTRAINT ocop_registration_kind_known CHECK ((kind = ANY (ARRAY['first'::text, 'upgrade'::text, 're_evaluation'::text]))),
    CONSTRAINT ocop_registration_origin_known CHECK ((origin = ANY (ARRAY['native'::text, 'imported'::text, 'mirrored'::text]))),
    CONSTRAINT ocop_registration_recognition_origin CHECK (((recognition IS NULL) OR (origin <> 'native'::text))),
    CONSTRAINT ocop_registration_recognition_required CHECK (((recognition IS NOT NULL) OR (origin = 'native'::text) OR (status <> 'recognised'::text))),
    CONSTRAINT ocop_registration_recognition_shape CHECK (((recognition IS NULL) OR public.is_recognition(recognition))),
    CONSTRAINT ocop_registration_recognition_status CHECK (((recognition IS NULL) OR (status = 'recognised'::text))),
    CONSTRAINT ocop_registration_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'submitted'::text, 'supplement_requested'::text, 'reviewing'::text, 'scoring'::text, 'scored'::text, 'forwarded'::text, 'recognised'::text, 'not_recognised'::text, 'withdrawn'::text]))),
    CONSTRAINT ocop_registration_tier_known CHECK ((tier = ANY (ARRAY['central'::text, 'province'::text, 'district'::text, 'commune'::text])))
);

ALTER TABLE ONLY public.ocop_registration FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.ocop_registration IS 'Registrations of products for evaluation (hồ sơ đăng ký sản phẩm OCOP).';

COMMENT ON COLUMN public.ocop_registration.province_code IS 'Territory as coded on codes_on: the province in the product code where that holds official codes, else that of the establishment, on the day of submission.';

COMMENT ON COLUMN public.ocop_registration.product_name IS 'As registered; follows the product until the dossier is handed in.';

COMMENT ON COLUMN public.ocop_registration.establishment_id IS 'Who registers (chủ thể); the product may have another owner later.';

COMMENT ON COLUMN public.ocop_registration.decided_under IS 'The decision that the product set is of: {legal_document_no, set_code, name_vi, valid_from, valid_to, pinned_on}, as known when it was pinned.';

COMMENT ON COLUMN public.ocop_registration.submitted_on IS 'Day of the paper; decides which procedure holds.';

COMMENT ON COLUMN public.ocop_registration.tier IS 'Where the dossier lies.';

COMMENT ON COLUMN public.ocop_registration.product_code IS 'Mã sản phẩm OCOP, opaque: province-[district-]commune-sequence-year with the unit codes of its day. Never changed after mergers.';

COMMENT ON COLUMN public.ocop_registration.checklist IS '[{requirement_code, status, file_ids, cited_from}], only what was said about a requirement.';

COMMENT ON COLUMN public.ocop_registration.recognition IS 'Final result mirrored from another system: {stars, decision_no, decided_on, issuer_name, valid_to}.';

CREATE FUNCTION public.checked_ocop_registration(r public.ocop_registration, before public.ocop_registration, provinces text[], own_organisation uuid) RETURNS public.ocop_registration
    LANGUAGE plpgsql
    AS $$
declare
  p product;
  e establishment;
begin
  r.origin := coalesce(r.origin, before.origin, 'native');
  r.status := case when r.recognition is not null then 'recognised' else coalesce(before.status, 'draft') end;
  r.history_quality := coalesce(r.history_quality, before.history_quality,
    case when r.recognition is null then 'full' else 'final_state_only' end);
  r.checklist := ocop_checklist_completed(r.checklist);
  select * into p from product where id = r.product_id and (deleted_at is null or id = before.product_id);
  r.establishment_id := coalesce(r.establishment_id, p.establishment_id);
  select * into e from establishment where id = r.establishment_id and (deleted_at is null or id = before.establishment_id);
  perform refuse_faults(
       fault_if(p.id is null, '#/product_id', 'unknown_reference')
    || fault_if(p.id is not null and e.id is null, '#/establishment_id', 'unknown_reference')
    || fault_if(r.round_id is distinct from before.round_id and not ocop_round_visible(r.round_id, provinces, own_organisation),
         '#/round_id', 'unknown_reference')
    || fault_if(r.product_set_id is not null and not exists (select from ocop_product_set s where s.id = r.product_set_id),
         '#/product_set_id', 'unknown_reference')
    || fault_if(r.submitted_on > today(), '#/submitted_on', 'date_in_future')
    || fault_if(r.origin <> before.origin, '#/origin', 'ocop_registration_origin_stays')
    || fault_if(r.recognition is not null and r.origin = 'native', '#/recognition', 'ocop_registration_recognition_origin')
    || fault_if(r.recognition is not null and r.evidence_grade is null, '#/evidence_grade', 'ocop_registration_evidence_required')
    || fault_if((r.recognition ->> 'decided_on')::date > today(), '#/recognition/decided_on', 'date_in_future')
    || ocop_checklist_faults(r.checklist));
  -- An establishment that moves on later leaves its dossiers where they were.
  if (r.establishment_id, r.product_code, r.submitted_on, r.recognition ->> 'decided_on') is distinct from
     (before.establishment_id, before.product_code, before.submitted_on, before.recognition ->> 'decided_on') then
    select t.province_code, t.codes_on into r.province_code, r.codes_on
      from ocop_registration_territory(r.establishment_id, r.product_code, ocop_registration_day(r.submitted_on, r.recognition), provinces) t;
  else
    r.province_code := before.province_code;
    r.codes_on := before.codes_on;
  end if;
  return r;
end
$$;

CREATE TABLE public.ocop_round (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text,
    codes_on date NOT NULL,
    origin text DEFAULT 'native'::text NOT NULL,
    history_quality text DEFAULT 'full'::text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    tier text NOT NULL,
    year integer NOT NULL,
    round_no integer NOT NULL,
    opens_on date,
    closes_on date,
    status text DEFAULT 'planned'::text NOT NULL,
    CONSTRAINT ocop_round_closes_after_opens CHECK ((closes_on >= opens_on)),
    CONSTRAINT ocop_round_history_quality_known CHECK ((history_quality = ANY (ARRAY['full'::text, 'partial'::text, 'final_state_only'::text]))),
    CONSTRAINT ocop_round_no_range CHECK (((round_no >= 1) AND (round_no <= 99))),
    CONSTRAINT ocop_round_origin_known CHECK ((origin = ANY (ARRAY['native'::text, 'imported'::text, 'mirrored'::text]))),
    CONSTRAINT ocop_round_province_tier CHECK (((tier = 'central'::text) = (province_code IS NULL))),
    CONSTRAINT ocop_round_status_known CHECK ((status = ANY (ARRAY['planned'::text, 'open'::text, 'scoring'::text, 'closed'::text]))),
    CONSTRAINT ocop_round_tier_known CHECK ((tier = ANY (ARRAY['central'::text, 'province'::text, 'district'::text, 'commune'::text]))),
    CONSTRAINT ocop_round_year_range CHECK (((year >= 2018) AND (year <= 2100)))
);

ALTER TABLE ONLY public.ocop_round FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.ocop_round IS 'Rounds of evaluation (đợt đánh giá).';

COMMENT ON COLUMN public.ocop_round.organisation_id IS 'Who holds it, and counts its rounds.';

COMMENT ON COLUMN public.ocop_round.province_code IS 'Territory, as the code was used on codes_on; null exactly for rounds of the centre.';

COMMENT ON COLUMN public.ocop_round.tier IS 'Which councils evaluate; district until 30/6/2025.';

CREATE FUNCTION public.checked_ocop_round(d public.ocop_round, before public.ocop_round, own_province text) RETURNS public.ocop_round
    LANGUAGE plpgsql
    AS $$
begin
  d.status := coalesce(d.status, 'planned');
  if d.tier = 'central' then
    if d.province_code is not distinct from before.province_code then
      d.province_code := null; -- it became one of the centre, and nobody asked to keep the territory
    end if;
    d.codes_on := coalesce(d.codes_on, today());
    return d;
  end if;
  d.province_code := coalesce(d.province_code, own_province);
  if d.codes_on is null or d.province_code is distinct from before.province_code then
    d.codes_on := province_day(d.province_code, coalesce(d.opens_on, today()));
  end if;
  perform refuse_faults(province_faults('#/province_code', d.province_code, d.codes_on));
  return d;
end
$$;

CREATE FUNCTION public.checked_plan_adjustment(d public.plan_adjustment, before public.plan_adjustment, plan public.annual_plan, provinces text[], own_organisation uuid, own_province text) RETURNS public.plan_adjustment
    LANGUAGE plpgsql
    AS $$
declare
  faults jsonb;
begin
  perform refuse_faults(fault_if(plan.id is null, '#/annual_plan_id', 'unknown_reference'));
  d.annual_plan_id := plan.id;
  d.year := plan.year;
  d.level := plan.level;
  d.province_code := case when before.id is not null then before.province_code else coalesce(plan.province_code, own_province) end;
  d.items := coalesce(d.items, '[]');
  if d.kind = 'cut' and d.cut_percent is not null and d.items = '[]' then
    select coalesce(jsonb_agg(jsonb_build_object('item_id', i.id) order by i.created_at, i.id), '[]') into d.items
      from annual_plan_item i
     where i.annual_plan_id = plan.id and i.deleted_at is null and not i.is_stopped and i.province_code = any (provinces);
  end if;
  select coalesce(jsonb_agg(completed_adjustment_item(d, entry, provinces) order by n), '[]') into d.items
    from jsonb_array_elements(d.items) with ordinality listed (entry, n);
  select coalesce(jsonb_agg(fault), '[]') into faults
    from jsonb_array_elements(d.items) with ordinality listed (entry, n),
         jsonb_array_elements(adjustment_item_faults(d, plan, entry, '#/items/' || n - 1, provinces, own_organisation)) as fault;
  perform refuse_faults(faults || fault_if(
    (select count(coalesce(entry ->> 'item_id', entry ->> 'project_id')) > count(distinct coalesce(entry ->> 'item_id', entry ->> 'project_id'))
       from jsonb_array_elements(d.items) entry),
    '#/items', 'plan_adjustment_item_once'));
  select coalesce(sum((entry #>> '{before,support_vnd}')::bigint), 0), coalesce(sum((entry #>> '{after,support_vnd}')::bigint), 0)
    into d.amount_before_vnd, d.amount_after_vnd
    from jsonb_array_elements(d.items) entry;
  return d;
end
$$;

CREATE SEQUENCE public.plan_call_code
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.plan_call (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    code text DEFAULT public.printed_code('TB'::text, 'public.plan_call_code'::regclass) NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    title text NOT NULL,
    year integer NOT NULL,
    level text NOT NULL,
    sent_on date,
    closes_on date,
    recipients jsonb DEFAULT '[]'::jsonb NOT NULL,
    documents jsonb DEFAULT '[]'::jsonb NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text,
    origin text DEFAULT 'native'::text NOT NULL,
    history_quality text DEFAULT 'full'::text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT plan_call_closes_after_sent CHECK ((closes_on >= sent_on)),
    CONSTRAINT plan_call_documents_shape CHECK (public.are_objects(documents)),
    CONSTRAINT plan_call_history_quality_known CHECK ((history_quality = ANY (ARRAY['full'::text, 'partial'::text, 'final_state_only'::text]))),
    CONSTRAINT plan_call_level_known CHECK ((level = ANY (ARRAY['national'::text, 'local'::text]))),
    CONSTRAINT plan_call_origin_known CHECK ((origin = ANY (ARRAY['native'::text, 'imported'::text, 'mirrored'::text]))),
    CONSTRAINT plan_call_recipients_shape CHECK (public.are_recipients(recipients)),
    CONSTRAINT plan_call_sent_has_day CHECK (((status = 'draft'::text) OR (sent_on IS NOT NULL))),
    CONSTRAINT plan_call_sent_has_recipients CHECK (((status = 'draft'::text) OR (recipients <> '[]'::jsonb))),
    CONSTRAINT plan_call_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'sent'::text, 'closed'::text]))),
    CONSTRAINT plan_call_year_range CHECK (((year >= 1990) AND (year <= 2100)))
);

ALTER TABLE ONLY public.plan_call FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.plan_call IS 'Calls for proposals (thông báo lập kế hoạch): the early letter, to whom it went and who answered.';

COMMENT ON COLUMN public.plan_call.closes_on IS 'Until when answers are asked for.';

COMMENT ON COLUMN public.plan_call.recipients IS '[{organisation_id, replied_on}]; replied_on null: no answer yet.';

COMMENT ON COLUMN public.plan_call.province_code IS 'Territory of who calls; null: a central body.';

CREATE FUNCTION public.checked_plan_call(c public.plan_call, before public.plan_call, own_province text) RETURNS public.plan_call
    LANGUAGE plpgsql
    AS $$
begin
  c.status := coalesce(c.status, 'draft');
  c.recipients := coalesce(c.recipients, '[]');
  c.documents := coalesce(c.documents, '[]');
  c.province_code := case when before.id is null then own_province else before.province_code end;
  perform refuse_faults(
    fault_if(c.sent_on > today(), '#/sent_on', 'date_in_future')
    || coalesce((select jsonb_agg(fault)
                   from jsonb_array_elements(c.recipients) with ordinality listed (r, n),
                        jsonb_array_elements(
                          fault_if(not organisation_known((r ->> 'organisation_id')::uuid), '#/recipients/' || n - 1 || '/organisation_id',
                            'unknown_reference')
                          || fault_if((r ->> 'replied_on')::date > today(), '#/recipients/' || n - 1 || '/replied_on', 'date_in_future')
                          || fault_if((r ->> 'replied_on')::date < c.sent_on or r ->> 'replied_on' is not null and c.sent_on is null,
                               '#/recipients/' || n - 1 || '/replied_on', 'plan_call_replied_before_sent')) as fault), '[]'));
  return c;
end
$$;

CREATE FUNCTION public.checked_plan_item(i public.annual_plan_item, before public.annual_plan_item, plan public.annual_plan, provinces text[], own_organisation uuid) RETURNS public.annual_plan_item
    LANGUAGE plpgsql
    AS $$
declare
  wanted project;
begin
  i.registered_on := coalesce(i.registered_on, before.registered_on, today());
  i.counterpart_vnd := coalesce(i.counterpart_vnd, 0);
  if before.id is null then
    select p.* into wanted
      from project p
     where p.id = i.project_id and project_visible(p.id, provinces, own_organisation);
    i.province_code := wanted.province_code;
    perform refuse_faults(
      fault_if(wanted.id is null, '#/project_id', 'unknown_reference')
      || fault_if(wanted.level <> plan.level, '#/project_id', 'annual_plan_item_level'));
  end if;
  perform refuse_faults(
    fault_if(i.activity_code is distinct from before.activity_code and not activity_fits(i.activity_code, null),
      '#/activity_code', 'unknown_reference')
    || fault_if(i.registered_on > today(), '#/registered_on', 'date_in_future'));
  return i;
end
$$;

CREATE FUNCTION public.checked_priority_rules(ids uuid[], on_day date) RETURNS uuid[]
    LANGUAGE plpgsql STABLE
    AS $$
begin
  perform refuse_faults(coalesce((
    select jsonb_agg(fault order by n)
      from unnest(ids) with ordinality named (id, n)
      left join priority_rule r on r.id = named.id
     cross join jsonb_array_elements(
       fault_if(r.id is null, '#/priority_rule_ids/' || n - 1, 'unknown_reference')
       || fault_if(not in_days(on_day, r.valid_from, r.valid_to), '#/priority_rule_ids/' || n - 1, 'priority_rule_in_force',
            jsonb_build_object('rule', jsonb_build_object('vi', r.name_vi, 'en', r.name_en), 'on', on_day))) as fault), '[]'));
  return ids;
end
$$;

COMMENT ON FUNCTION public.checked_priority_rules(ids uuid[], on_day date) IS 'These rules, which must be there and in force on the day of the appraisal; else 422.';

CREATE FUNCTION public.is_funded_once(shape jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select count(*) = count(distinct (f ->> 'year', f ->> 'source'))
    from jsonb_array_elements(case when are_objects(shape) then shape else '[]' end) f
$$;

COMMENT ON FUNCTION public.is_funded_once(shape jsonb) IS 'Each pair of year and source stands at most once.';

CREATE FUNCTION public.is_planned_funding(shape jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when not are_objects(shape) then false
    else not exists (
      select from jsonb_array_elements(shape) f
       where (f ->> 'year')::integer not between 1990 and 2100
          or not coalesce(is_source(f ->> 'source') and is_amount((f ->> 'amount_vnd')::numeric), false))
  end
$$;

CREATE SEQUENCE public.programme_code
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.programme (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    code text DEFAULT public.printed_code('CT'::text, 'public.programme_code'::regclass) NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    kind text DEFAULT 'promotion'::text NOT NULL,
    level text NOT NULL,
    name text NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    starts_on date,
    ends_on date,
    predecessor_id uuid,
    activity_priorities text[] DEFAULT '{}'::text[] NOT NULL,
    planned_funding jsonb DEFAULT '[]'::jsonb NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text,
    codes_on date DEFAULT public.today() NOT NULL,
    evidence_grade text,
    origin text DEFAULT 'native'::text NOT NULL,
    history_quality text DEFAULT 'full'::text NOT NULL,
    note text,
    folded text GENERATED ALWAYS AS (public.fold(((name || ' '::text) || code))) STORED,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT programme_ends_after_starts CHECK ((ends_on >= starts_on)),
    CONSTRAINT programme_evidence_grade_known CHECK (public.is_evidence_grade(evidence_grade)),
    CONSTRAINT programme_history_quality_known CHECK ((history_quality = ANY (ARRAY['full'::text, 'partial'::text, 'final_state_only'::text]))),
    CONSTRAINT programme_kind_known CHECK ((kind = ANY (ARRAY['promotion'::text, 'ocop'::text, 'partner'::text]))),
    CONSTRAINT programme_level_known CHECK ((level = ANY (ARRAY['national'::text, 'local'::text]))),
    CONSTRAINT programme_origin_known CHECK ((origin = ANY (ARRAY['native'::text, 'imported'::text, 'mirrored'::text]))),
    CONSTRAINT programme_planned_funding_once CHECK (public.is_funded_once(planned_funding)),
    CONSTRAINT programme_planned_funding_shape CHECK (public.is_planned_funding(planned_funding)),
    CONSTRAINT programme_predecessor_not_itself CHECK ((predecessor_id <> id)),
    CONSTRAINT programme_province_level CHECK (((level = 'national'::text) = (province_code IS NULL))),
    CONSTRAINT programme_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'consulting'::text, 'submitted'::text, 'returned'::text, 'approved'::text, 'active'::text, 'closed'::text])))
);

ALTER TABLE ONLY public.programme FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.programme IS 'Programmes (chương trình), usually of five years, national or of a province.';

COMMENT ON COLUMN public.programme.kind IS 'promotion, ocop, or partner: a programme of another body that projects join.';

COMMENT ON COLUMN public.programme.level IS 'Whose money: national (KCQG) or local (KCĐP).';

COMMENT ON COLUMN public.programme.predecessor_id IS 'The programme of the period before.';

COMMENT ON COLUMN public.programme.activity_priorities IS 'Codes of activities in the order of priority.';

COMMENT ON COLUMN public.programme.planned_funding IS '[{year, source, amount_vnd}]; year null: the whole term.';

COMMENT ON COLUMN public.programme.province_code IS 'Territory, as the code was used on codes_on; null exactly for national programmes.';

COMMENT ON COLUMN public.programme.codes_on IS 'Day on whose map the province code is read: codes come back with another meaning.';

CREATE FUNCTION public.checked_programme(g public.programme, before public.programme, provinces text[], own_organisation uuid, own_province text) RETURNS public.programme
    LANGUAGE plpgsql
    AS $$
declare
  faults jsonb := '[]';
begin
  g.kind := coalesce(g.kind, 'promotion');
  g.activity_priorities := coalesce(g.activity_priorities, '{}');
  g.planned_funding := coalesce(g.planned_funding, '[]');
  if g.level = 'local' then
    g.province_code := coalesce(g.province_code, own_province);
    g.codes_on := coalesce(g.codes_on, before.codes_on, province_day(g.province_code, coalesce(g.starts_on, today())));
    faults := province_faults('#/province_code', g.province_code, g.codes_on);
  elsif before.level = 'local' and g.province_code = before.province_code then
    g.province_code := null; -- it became national, and nobody asked to keep the territory
  end if;
  g.codes_on := coalesce(g.codes_on, before.codes_on, g.starts_on, today());
  faults := faults
    || fault_if(g.predecessor_id is distinct from before.predecessor_id
         and not programme_visible(g.predecessor_id, provinces, own_organisation), '#/predecessor_id', 'unknown_reference')
    || coalesce((select jsonb_agg(fault)
                   from unnest(g.activity_priorities) with ordinality as wanted (code, n),
                        jsonb_array_elements(fault_if(not activity_fits(wanted.code, null),
                          '#/activity_priorities/' || n - 1, 'unknown_reference')) as fault), '[]');
  perform refuse_faults(faults);
  return g;
end
$$;

CREATE TABLE public.programme_version (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    programme_id uuid NOT NULL,
    version_no integer NOT NULL,
    status text DEFAULT 'proposed'::text NOT NULL,
    name text NOT NULL,
    starts_on date,
    ends_on date,
    activity_priorities text[] DEFAULT '{}'::text[] NOT NULL,
    planned_funding jsonb DEFAULT '[]'::jsonb NOT NULL,
    targets jsonb DEFAULT '[]'::jsonb NOT NULL,
    valid_from date,
    valid_to date,
    transition_id uuid,
    organisation_id uuid NOT NULL,
    province_code text,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT programme_version_dates_by_status CHECK ((((status = 'proposed'::text) = (valid_from IS NULL)) AND ((status = 'superseded'::text) = (valid_to IS NOT NULL)))),
    CONSTRAINT programme_version_ends_after_starts CHECK ((ends_on >= starts_on)),
    CONSTRAINT programme_version_planned_funding_once CHECK (public.is_funded_once(planned_funding)),
    CONSTRAINT programme_version_planned_funding_shape CHECK (public.is_planned_funding(planned_funding)),
    CONSTRAINT programme_version_status_known CHECK ((status = ANY (ARRAY['proposed'::text, 'in_force'::text, 'superseded'::text]))),
    CONSTRAINT programme_version_targets_shape CHECK (public.are_version_targets(targets))
);

ALTER TABLE ONLY public.programme_version FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.programme_version IS 'Versions of a programme: as it was approved, and as each amending decision made it. A proposal is one until `amend` puts it in force.';

COMMENT ON COLUMN public.programme_version.targets IS '[{target_id, name, indicator_code, operator, kind, measures, tolerance_percent, from, to}]; target_id null: a new target.';

COMMENT ON COLUMN public.programme_version.valid_from IS 'Day of the decision; null: proposed.';

COMMENT ON COLUMN public.programme_version.valid_to IS 'Last day, when a later decision took its place.';

COMMENT ON COLUMN public.programme_version.transition_id IS 'The act that put it in force, with its documents; null: proposed, or approved before versions were kept.';

COMMENT ON COLUMN public.programme_version.organisation_id IS 'Of the programme.';

COMMENT ON COLUMN public.programme_version.province_code IS 'Of the programme; null: national.';

CREATE FUNCTION public.checked_programme_version(v public.programme_version, g public.programme) RETURNS public.programme_version
    LANGUAGE plpgsql
    AS $$
begin
  if g.id is null then
    return v;
  end if;
  perform refuse_faults(fault_if(g.status <> 'active', '#', 'programme_version_of_active'));
  perform keep_first_version(g);
  v.programme_id := g.id;
  v.name := coalesce(v.name, g.name);
  v.starts_on := coalesce(v.starts_on, g.starts_on);
  v.ends_on := coalesce(v.ends_on, g.ends_on);
  v.activity_priorities := coalesce(v.activity_priorities, g.activity_priorities);
  v.planned_funding := coalesce(v.planned_funding, g.planned_funding);
  v.targets := coalesce(whole_version_targets(v.targets), version_targets(g.id));
  select coalesce(max(o.version_no), 0) + 1 into v.version_no from programme_version o where o.programme_id = g.id;
  perform refuse_faults(
    coalesce((select jsonb_agg(fault)
                from unnest(v.activity_priorities) with ordinality as wanted (code, n),
                     jsonb_array_elements(fault_if(not activity_fits(wanted.code, null),
                       '#/activity_priorities/' || n - 1, 'unknown_reference')) as fault), '[]')
    || coalesce((select jsonb_agg(fault)
                   from jsonb_array_elements(v.targets) with ordinality as wanted (target, n),
                        jsonb_array_elements(fault_if(target ->> 'target_id' is not null and not exists (
                          select from target t where t.id = (target ->> 'target_id')::uuid and t.programme_id = g.id and t.deleted_at is null),
                          '#/targets/' || n - 1 || '/target_id', 'unknown_reference')) as fault), '[]'));
  return v;
end
$$;

CREATE FUNCTION public.checked_project(p public.project, before public.project, provinces text[], own_organisation uuid, own_province text) RETURNS public.project
    LANGUAGE plpgsql
    AS $$
declare
  faults jsonb := '[]';
  places jsonb := '[]';
  place jsonb;
  place_no integer;
  place_faults text;
begin
  p.partner_province_codes := coalesce(p.partner_province_codes, '{}');
  p.themes := coalesce(p.themes, '{}');
  if p.province_code is null and own_province is null then
    p.province_code := p.places #>> '{0,province_code}';
    p.codes_on := coalesce(p.codes_on, (p.places #>> '{0,codes_on}')::date);
  end if;
  p.province_code := coalesce(p.province_code, own_province);
  p.codes_on := coalesce(p.codes_on, before.codes_on, province_day(p.province_code, coalesce(p.starts_on, today())));
  faults := province_faults('#/province_code', p.province_code, p.codes_on)
    || fault_if(p.programme_id is distinct from before.programme_id
         and not programme_visible(p.programme_id, provinces, own_organisation), '#/programme_id', 'unknown_reference')
    || fault_if(p.parent_id is distinct from before.parent_id
         and not project_visible(p.parent_id, provinces, own_organisation), '#/parent_id', 'unknown_reference')
    || fault_if(p.implementer_id is distinct from before.implementer_id
         and not organisation_known(p.implementer_id), '#/implementer_id', 'unknown_reference')
    || fault_if(p.managing_organisation_id is distinct from before.managing_organisation_id
         and not organisation_known(p.managing_organisation_id), '#/managing_organisation_id', 'unknown_reference')
    || coalesce((select jsonb_agg(fault)
                   from unnest(p.partner_province_codes) with ordinality as partner (code, n),
                        jsonb_array_elements(
                          province_faults('#/partner_province_codes/' || n - 1, partner.code, p.codes_on)) as fault),
         '[]');
  -- A place without a day of its own was written down with the project.
  for place, place_no in select jsonb_build_object('codes_on', p.codes_on) || jsonb_strip_nulls(e), i - 1
                    from jsonb_array_elements(p.places) with ordinality as listed (e, i) loop
    begin
      places := places || jsonb_build_array(place_checked('#/places/' || place_no, place));
    exception when sqlstate 'PT422' then
      get stacked diagnostics place_faults = pg_exception_detail;
      faults := faults || place_faults::jsonb;
    end;
  end loop;
  p.places := places;
  perform refuse_faults(faults);
  return p;
end
$$;

CREATE SEQUENCE public.survey_code
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.survey (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    code text DEFAULT public.printed_code('KS'::text, 'public.survey_code'::regclass) NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    establishment_id uuid NOT NULL,
    project_id uuid,
    surveyed_on date,
    surveyors text[] DEFAULT '{}'::text[] NOT NULL,
    score numeric(5,2),
    findings text,
    status text DEFAULT 'planned'::text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    origin text DEFAULT 'native'::text NOT NULL,
    history_quality text DEFAULT 'full'::text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT survey_done_has_day CHECK (((status = ANY (ARRAY['planned'::text, 'dropped'::text])) OR (surveyed_on IS NOT NULL))),
    CONSTRAINT survey_history_quality_known CHECK ((history_quality = ANY (ARRAY['full'::text, 'partial'::text, 'final_state_only'::text]))),
    CONSTRAINT survey_origin_known CHECK ((origin = ANY (ARRAY['native'::text, 'imported'::text, 'mirrored'::text]))),
    CONSTRAINT survey_score_range CHECK (((score >= (0)::numeric) AND (score <= (100)::numeric))),
    CONSTRAINT survey_status_known CHECK ((status = ANY (ARRAY['planned'::text, 'done'::text, 'shortlisted'::text, 'dropped'::text])))
);

ALTER TABLE ONLY public.survey FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.survey IS 'Surveys of candidates (khảo sát, tìm đối tượng), from the plan to the short list.';

COMMENT ON COLUMN public.survey.project_id IS 'The project that came of it; null: none yet.';

COMMENT ON COLUMN public.survey.surveyors IS 'Roles or units of those who went there.';

COMMENT ON COLUMN public.survey.score IS '0 to 100 by the survey''s own scale.';

COMMENT ON COLUMN public.survey.province_code IS 'Territory of who surveys.';

CREATE FUNCTION public.checked_survey(s public.survey, before public.survey, provinces text[], own_organisation uuid, own_province text) RETURNS public.survey
    LANGUAGE plpgsql
    AS $$
begin
  s.status := coalesce(s.status, 'planned');
  s.surveyors := coalesce(s.surveyors, '{}');
  -- A central body surveys where the establishment lies.
  s.province_code := coalesce(before.province_code, own_province,
    (select e.province_code from establishment e where e.id = s.establishment_id));
  perform refuse_faults(
    fault_if(before.id is null and not exists (select from establishment e where e.id = s.establishment_id and e.deleted_at is null),
      '#/establishment_id', 'unknown_reference')
    || fault_if(s.project_id is distinct from before.project_id and not project_visible(s.project_id, provinces, own_organisation),
         '#/project_id', 'unknown_reference')
    || fault_if(s.status in ('done', 'shortlisted') and s.surveyed_on > today(), '#/surveyed_on', 'date_in_future'));
  return s;
end
$$;

CREATE TABLE public.target (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    programme_id uuid,
    name text NOT NULL,
    indicator_code text,
    operator text NOT NULL,
    kind text NOT NULL,
    measures jsonb NOT NULL,
    tolerance_percent numeric,
    "from" date,
    "to" date,
    organisation_id uuid NOT NULL,
    province_code text,
    evidence_grade text,
    origin text DEFAULT 'native'::text NOT NULL,
    history_quality text DEFAULT 'full'::text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    annual_plan_id uuid,
    CONSTRAINT target_evidence_grade_known CHECK (public.is_evidence_grade(evidence_grade)),
    CONSTRAINT target_history_quality_known CHECK ((history_quality = ANY (ARRAY['full'::text, 'partial'::text, 'final_state_only'::text]))),
    CONSTRAINT target_kind_known CHECK ((kind = ANY (ARRAY['flow'::text, 'stock'::text]))),
    CONSTRAINT target_measures_shape CHECK (public.are_measures(measures)),
    CONSTRAINT target_measures_units_differ CHECK (((measures #>> '{0,measure_unit}'::text[]) IS DISTINCT FROM (measures #>> '{1,measure_unit}'::text[]))),
    CONSTRAINT target_one_parent CHECK ((num_nonnulls(programme_id, annual_plan_id) = 1)),
    CONSTRAINT target_operator_known CHECK ((operator = ANY (ARRAY['gt'::text, 'gte'::text, 'eq'::text, 'approx'::text, 'lte'::text, 'lt'::text]))),
    CONSTRAINT target_origin_known CHECK ((origin = ANY (ARRAY['native'::text, 'imported'::text, 'mirrored'::text]))),
    CONSTRAINT target_to_after_from CHECK (("to" >= "from")),
    CONSTRAINT target_tolerance_operator CHECK (((tolerance_percent IS NULL) OR (operator = 'approx'::text))),
    CONSTRAINT target_tolerance_range CHECK (((tolerance_percent >= (0)::numeric) AND (tolerance_percent <= (100)::numeric)))
);

ALTER TABLE ONLY public.target FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.target IS 'Targets (chỉ tiêu, mục tiêu) of a programme or of a yearly plan.';

COMMENT ON COLUMN public.target.operator IS 'How the result is held against each measure: more than 75 is gt, about 800 is approx.';

COMMENT ON COLUMN public.target.kind IS 'flow: summed over from … to; stock: the level on the day `to`.';

COMMENT ON COLUMN public.target.measures IS 'One or two {value, measure_unit}, for example 20 classes and 1,600 persons; all must be met.';

COMMENT ON COLUMN public.target.tolerance_percent IS 'How far "about" may miss, in percent of the value; null: the default of the reports.';

COMMENT ON COLUMN public.target.province_code IS 'Of the programme or plan; null: national.';

COMMENT ON COLUMN public.target.annual_plan_id IS 'The yearly plan; or programme_id instead.';

CREATE FUNCTION public.checked_target(t public.target, provinces text[], own_organisation uuid) RETURNS public.target
    LANGUAGE plpgsql
    AS $$
begin
  perform refuse_faults(
    fault_if(num_nonnulls(t.programme_id, t.annual_plan_id) <> 1, '#/annual_plan_id', 'target_one_parent')
    || fault_if(t.programme_id is not null and not programme_visible(t.programme_id, provinces, own_organisation),
         '#/programme_id', 'unknown_reference')
    || fault_if(t.annual_plan_id is not null and not annual_plan_visible(t.annual_plan_id, provinces, own_organisation),
         '#/annual_plan_id', 'unknown_reference'));
  if t.programme_id is not null then
    select g.organisation_id, g.province_code into t.organisation_id, t.province_code from programme g where g.id = t.programme_id;
  else
    select a.organisation_id, a.province_code into t.organisation_id, t.province_code from annual_plan a where a.id = t.annual_plan_id;
  end if;
  return t;
end
$$;

CREATE FUNCTION public.cite_files(documents jsonb, below text, of_type text, of_id uuid, by_transition uuid, owner_id uuid, owner_province text) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  faults jsonb := (
    select coalesce(jsonb_agg(jsonb_build_object('pointer', d.pointer, 'code',
             case when f.id is null then 'unknown_reference' else 'file_open' end) order by d.n, d.pointer), '[]')
      from cited_files(documents, below) d
      left join file f on f.id = d.file_id and f.deleted_at is null
       and file_readable(f, string_to_array(claim('app.provinces'), ','), claim('app.organisation_id')::uuid, null)
     where f.status is distinct from 'complete');
begin
  perform refuse_faults(faults);
  insert into file_citation (file_id, record_type, record_id, transition_id, organisation_id, province_code)
  select distinct d.file_id, of_type, of_id, by_transition, owner_id, owner_province
    from cited_files(documents, below) d
  on conflict do nothing;
end
$$;

COMMENT ON FUNCTION public.cite_files(documents jsonb, below text, of_type text, of_id uuid, by_transition uuid, owner_id uuid, owner_province text) IS 'Keeps that a record, or an act on it, cites the files of its papers; refuses those that the caller does not see.';

CREATE FUNCTION public.cite_files_of_act() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  perform cite_files(new.documents, '#/documents', new.record_type, new.record_id, new.id, new.organisation_id, new.province_code);
  return null;
end
$$;

COMMENT ON FUNCTION public.cite_files_of_act() IS 'Files that the papers of an act name: under the caller''s scope, complete, and kept from now on.';

CREATE FUNCTION public.cite_files_of_record() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
  stored jsonb := to_jsonb(new);
begin
  perform cite_files(stored -> tg_argv[0], '#/' || tg_argv[0], tg_table_name, new.id, null, (stored ->> 'organisation_id')::uuid,
    stored ->> 'province_code');
  return null;
end
$$;

COMMENT ON FUNCTION public.cite_files_of_record() IS 'The same for the paper that a record itself carries.';

CREATE FUNCTION public.cited_files(documents jsonb, below text) RETURNS TABLE(n bigint, pointer text, file_id uuid)
    LANGUAGE sql IMMUTABLE
    AS $$
  select p.n, p.pointer || '/file_id', (p.document ->> 'file_id')::uuid
    from papers_of(documents, below) p
   where p.document ->> 'file_id' is not null
   union all
  select p.n, p.pointer || '/file_ids/' || f.n - 1, f.id::uuid
    from papers_of(documents, below) p
   cross join jsonb_array_elements_text(case jsonb_typeof(p.document -> 'file_ids') when 'array' then p.document -> 'file_ids' else '[]' end)
              with ordinality f (id, n)
$$;

COMMENT ON FUNCTION public.cited_files(documents jsonb, below text) IS 'The files that papers name, one or several each, with the place of each.';

CREATE FUNCTION public.claim(name text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select nullif(current_setting(name, true), '')
$$;

COMMENT ON FUNCTION public.claim(name text) IS 'app.client_id, app.user_id, app.roles, app.scopes, app.organisation_id, app.provinces, app.tier, app.operation, app.trace_id or app.clock_shift.';

CREATE FUNCTION public.claimed_organisation(wanted uuid) RETURNS uuid
    LANGUAGE sql STABLE
    AS $$
  select wanted where wanted = claim('app.organisation_id')::uuid
$$;

CREATE FUNCTION public.claimed_provinces(wanted text[]) RETURNS text[]
    LANGUAGE sql STABLE
    AS $$
  select coalesce(array_agg(code), '{}') from unnest(wanted) code where in_territory(code)
$$;

CREATE FUNCTION public.close_abandoned_files(at_most integer DEFAULT 20) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  caller constant text := coalesce(current_setting('app.client_id', true), '');
  hours constant numeric := public.parameter_value('file_upload_hours', public.today());
  left_behind uuid[];
begin
  select array_agg(f.id) into left_behind
    from (select o.id from public.file o
           where o.status = 'open' and o.deleted_at is null and o.updated_at < public.current_instant() - make_interval(secs => hours * 3600)
           order by o.updated_at limit at_most for update skip locked) f;
  if left_behind is null then
    return 0;
  end if;
  perform set_config('app.client_id', '', true);
  update public.file f set deleted_at = public.current_instant(), version = f.version + 1 where f.id = any (left_behind);
  perform set_config('app.client_id', caller, true);
  delete from public.file_chunk k where k.content_id = any (left_behind);
  update public.file_content c set received_bytes = 0, sniffed_type = null where c.id = any (left_behind);
  return array_length(left_behind, 1);
end
$$;

COMMENT ON FUNCTION public.close_abandoned_files(at_most integer) IS 'Open files of anybody that got no part for the hours of the parameter file_upload_hours: they are deleted, and what had come of them is given up. Restored, they wait for all their parts again.';

CREATE FUNCTION public.commitment_faults(e public.ledger_entry) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  assigned constant bigint := assigned_vnd(e.project_id, e.year);
  contracted constant bigint := (money_of(e.project_id, of_year => e.year)).contracted + e.effect_vnd;
  promised constant bigint := (select l.support_vnd from project_line l where l.id = e.line_id);
  contracted_of_line constant bigint := (money_of(e.project_id, of_line => e.line_id)).contracted + e.effect_vnd;
begin
  return guard_if(assigned is null, '#/year', 'g1_assigned', 'G1', jsonb_build_object('year', e.year))
    || guard_if(contracted > assigned, '#/amount_vnd', 'g1_contracted_within_assigned', 'G1', jsonb_build_object(
         'year', e.year, 'assigned_vnd', assigned, 'contracted_vnd', contracted))
    || guard_if(e.line_id is not null and contracted_of_line > promised, '#/amount_vnd', 'g1_contracted_within_line', 'G1',
         jsonb_build_object('support_vnd', promised, 'contracted_vnd', contracted_of_line));
end
$$;

CREATE FUNCTION public.complete_certificate() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
  place record;
begin
  select p.name as product_name, p.province_code, p.codes_on, e.name as establishment_name into place
    from product p, establishment e where p.id = new.product_id and e.id = new.establishment_id;
  new.product_name := coalesce(new.product_name, place.product_name);
  new.establishment_name := coalesce(new.establishment_name, place.establishment_name);
  if new.province_code is null then
    new.province_code := place.province_code;
    new.codes_on := place.codes_on;
  end if;
  return new;
end
$$;

CREATE FUNCTION public.complete_establishment() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  new.tax_code := tax_code_normal(new.tax_code);
  if tg_op = 'INSERT' then
    new.code := coalesce(new.code, printed_code('CS', 'establishment_code'));
  elsif new.tax_code is distinct from old.tax_code and new.tax_code_kind is not distinct from old.tax_code_kind then
    new.tax_code_kind := null;
  end if;
  new.tax_code_kind := coalesce(new.tax_code_kind, tax_code_kind(new.tax_code));
  if tg_op = 'INSERT' or new.place is distinct from old.place then
    new.place := place_checked('#/place', new.place);
    new.province_code := coalesce(new.place ->> 'province_code', new.province_code);
    new.codes_on := coalesce((new.place ->> 'codes_on')::date, new.codes_on, today());
  end if;
  if new.founded_on > today() then
    perform refuse('#/founded_on', 'date_in_future');
  end if;
  if new.province_code is null then
    perform refuse('#', 'required', '{"member": "place"}'); -- a central body creates it, so there is no own province to take
  end if;
  return new;
end
$$;

CREATE FUNCTION public.complete_ocop_registration() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
  pinned constant boolean := tg_op = 'UPDATE' and not ocop_registration_is_open(old.status) and old.origin = 'native';
begin
  if pinned then
    perform refuse_faults(
         fault_if(new.product_id <> old.product_id, '#/product_id', 'ocop_registration_pinned')
      || fault_if(new.establishment_id <> old.establishment_id, '#/establishment_id', 'ocop_registration_pinned')
      || fault_if(new.kind is distinct from old.kind, '#/kind', 'ocop_registration_pinned')
      || fault_if(new.product_set_id is distinct from old.product_set_id, '#/product_set_id', 'ocop_registration_pinned')
      || fault_if(new.submitted_on is distinct from old.submitted_on, '#/submitted_on', 'ocop_registration_pinned'));
    return new;
  end if;
  if tg_op = 'INSERT' or ocop_registration_is_open(old.status) or new.product_id <> old.product_id then
    new.product_name := (select p.name from product p where p.id = new.product_id);
  end if;
  if tg_op = 'UPDATE' and old.status = 'draft' and new.status = 'submitted' then
    new.submitted_on := coalesce(claim('app.submitted_on')::date, today());
    select t.province_code, t.codes_on into new.province_code, new.codes_on
      from ocop_registration_territory(new.establishment_id, new.product_code, new.submitted_on,
             coalesce(string_to_array(claim('app.provinces'), ','), array[old.province_code])) t;
  end if;
  new.decided_under := (
    select jsonb_build_object('legal_document_no', s.legal_document_no, 'set_code', s.set_code, 'name_vi', s.name_vi,
             'valid_from', s.valid_from, 'valid_to', s.valid_to, 'pinned_on', ocop_registration_day(new.submitted_on, new.recognition))
      from ocop_product_set s where s.id = new.product_set_id);
  return new;
end
$$;

CREATE FUNCTION public.complete_organisation() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  new.code := coalesce(new.code, printed_code('CQ', 'organisation_code'));
  if (tg_op = 'INSERT' or new.province_code is distinct from old.province_code)
     and not exists (select from admin_unit where code = new.province_code and tier = 'province')
     and new.province_code is not null then
    perform refuse('#/province_code', 'unknown_province', jsonb_build_object('code', new.province_code));
  end if;
  return new;
end
$$;

CREATE FUNCTION public.complete_product() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if tg_op = 'INSERT' or new.establishment_id is distinct from old.establishment_id then
    select e.province_code, e.codes_on into new.province_code, new.codes_on
      from establishment e where e.id = new.establishment_id;
  end if;
  return new;
end
$$;

CREATE FUNCTION public.complete_role_assignment() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
  faults jsonb;
begin
  select fault_if(not role_fits(new.role, o.tier), '#/role', 'role_outside_tier', jsonb_build_object('role', new.role, 'tier', o.tier))
      || fault_if(new.province_code is not null and not coalesce(new.province_code = any (territory_of(o.id)), false),
           '#/province_code', 'province_outside_organisation', jsonb_build_object('code', new.province_code))
    into faults
    from organisation o
   where o.id = new.organisation_id;
  perform refuse_faults(faults);
  return new;
end
$$;

CREATE FUNCTION public.complete_score_sheet() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
  c voting_council;
  e voting_entry;
  criteria jsonb;
begin
  select * into c from voting_council where id = new.council_id and deleted_at is null;
  select * into e from voting_entry where id = new.entry_id and deleted_at is null;
  select coalesce(g.criteria, '[]') into criteria
    from voting_round d left join voting_regulation g on g.id = d.regulation_id where d.id = e.round_id;
  perform refuse_faults(
       fault_if(e.id is null, '#/entry_id', 'unknown_reference')
    || fault_if(c.id is null or c.kind <> 'jury' or c.round_id is distinct from e.round_id, '#/council_id', 'voting_sheet_other_jury')
    || fault_if(not coalesce(c.members @> jsonb_build_array(jsonb_build_object('seat', new.seat)), false), '#/seat', 'voting_sheet_no_seat')
    || fault_if(coalesce(c.conflicts @> jsonb_build_array(jsonb_build_object('seat', new.seat, 'establishment_id', e.establishment_id)), false),
         '#/seat', 'voting_sheet_conflict')
    || fault_if((select array_agg(p ->> 'criterion_code' order by p ->> 'criterion_code') from jsonb_array_elements(new.points) p)
                is distinct from (select array_agg(k ->> 'code' order by k ->> 'code') from jsonb_array_elements(criteria) k),
         '#/points', 'voting_sheet_criteria')
    || fault_if(exists (select from jsonb_array_elements(new.points) p join jsonb_array_elements(criteria) k on k ->> 'code' = p ->> 'criterion_code'
                         where (p ->> 'points')::numeric > (k ->> 'max_points')::numeric), '#/points', 'voting_sheet_points_max'));
  new.total := sheet_points(new.points);
  new.province_code := e.province_code;
  new.codes_on := e.codes_on;
  return new;
end
$$;

CREATE FUNCTION public.complete_voting_entry() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if tg_op = 'INSERT' or old.status = 'draft' then
    new.product_name := (select p.name from product p where p.id = new.product_id);
  end if;
  return new;
end
$$;

CREATE FUNCTION public.completed_adjustment_item(d public.plan_adjustment, entry jsonb, provinces text[]) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  item annual_plan_item;
  before jsonb;
begin
  select i.* into item
    from annual_plan_item i
   where i.id = (entry ->> 'item_id')::uuid and i.annual_plan_id = d.annual_plan_id and i.deleted_at is null and not i.is_stopped
     and i.province_code = any (provinces);
  before := case when item.id is not null then state_of_item(item) end;
  return jsonb_build_object(
    'item_id', coalesce(item.id, (entry ->> 'item_id')::uuid),
    'project_id', coalesce(item.project_id, (entry ->> 'project_id')::uuid),
    'before', before,
    'after', item_after(d, before, coalesce(entry -> 'after', '{}')),
    'removed_line_ids', coalesce(nullif(entry -> 'removed_line_ids', 'null'), '[]'));
end
$$;

CREATE FUNCTION public.consistency_json(old_size bigint, wanted_size bigint) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
  size constant bigint := coalesce(wanted_size, merkle_size());
begin
  perform refuse_tree_size('to', size, 1, merkle_size());
  perform refuse_tree_size('from', old_size, 1, size);
  return json_build_object('from', old_size, 'to', size, 'from_root_hash', base64url(merkle_hash(0, old_size)),
    'to_root_hash', base64url(merkle_hash(0, size)), 'consistency_path', hashes_json(merkle_consistency(old_size, size)));
end
$$;

CREATE FUNCTION public.contract_end(of_project uuid, of_line uuid) RETURNS date
    LANGUAGE sql STABLE
    AS $$
  select max(c.ends_on)
    from contract c
   where c.project_id = of_project and c.status in ('signed', 'closed_out') and c.deleted_at is null
     and (c.line_id is null or of_line is null or c.line_id = of_line)
$$;

COMMENT ON FUNCTION public.contract_end(of_project uuid, of_line uuid) IS 'Last day of the contracts of a line or of the whole project, with what amendments added; null: nothing is signed.';

CREATE SEQUENCE public.contract_code
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.contract (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    code text DEFAULT public.printed_code('HD'::text, 'public.contract_code'::regclass) NOT NULL,
    kind text NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    project_id uuid NOT NULL,
    line_id uuid,
    parent_id uuid,
    parties jsonb DEFAULT '[]'::jsonb NOT NULL,
    contract_no text,
    signed_on date,
    ends_on date,
    year integer NOT NULL,
    source text NOT NULL,
    amount_vnd bigint NOT NULL,
    amendments jsonb DEFAULT '[]'::jsonb NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    origin text DEFAULT 'native'::text NOT NULL,
    history_quality text DEFAULT 'full'::text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT contract_amendments_shape CHECK (public.are_objects(amendments)),
    CONSTRAINT contract_amount_range CHECK (((amount_vnd >= 1) AND (amount_vnd <= '9007199254740991'::bigint))),
    CONSTRAINT contract_ends_after_signed CHECK ((ends_on >= signed_on)),
    CONSTRAINT contract_history_quality_known CHECK ((history_quality = ANY (ARRAY['full'::text, 'partial'::text, 'final_state_only'::text]))),
    CONSTRAINT contract_kind_known CHECK ((kind = ANY (ARRAY['implementation'::text, 'beneficiary'::text]))),
    CONSTRAINT contract_origin_known CHECK ((origin = ANY (ARRAY['native'::text, 'imported'::text, 'mirrored'::text]))),
    CONSTRAINT contract_parent_of_beneficiary CHECK (((parent_id IS NULL) OR (kind = 'beneficiary'::text))),
    CONSTRAINT contract_parties_shape CHECK (public.are_objects(parties)),
    CONSTRAINT contract_source_known CHECK (public.is_source(source)),
    CONSTRAINT contract_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'signed'::text, 'closed_out'::text, 'terminated'::text]))),
    CONSTRAINT contract_year_range CHECK (((year >= 1990) AND (year <= 2100)))
);

ALTER TABLE ONLY public.contract FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.contract IS 'Contracts (hợp đồng) of projects: with the implementer, and of the implementer with each beneficiary.';

COMMENT ON COLUMN public.contract.kind IS 'implementation: with the implementer; beneficiary: with who is supported.';

COMMENT ON COLUMN public.contract.parent_id IS 'The implementation contract whose money this one passes on: it commits none of its own.';

COMMENT ON COLUMN public.contract.parties IS '[{role, name, organisation_id, establishment_id}].';

COMMENT ON COLUMN public.contract.year IS 'Year of the budget that it commits.';

COMMENT ON COLUMN public.contract.amount_vnd IS 'The support that it promises, after all amendments.';

COMMENT ON COLUMN public.contract.amendments IS '[{amended_on, amount_vnd, ends_on, amount_before_vnd, ends_before_on, document, note}], oldest first.';

COMMENT ON COLUMN public.contract.province_code IS 'Of the project.';

CREATE FUNCTION public.contract_json(c public.contract) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', c.id,
    'code', c.code,
    'version', c.version,
    'kind', c.kind,
    'status', c.status,
    'stage', stage_of('contract', c.status),
    'allowed_actions', allowed_actions('contract', c.status, claim('app.tier'), acting_roles(), to_jsonb(c)),
    'project_id', c.project_id,
    'line_id', c.line_id,
    'parent_id', c.parent_id,
    'parties', c.parties,
    'contract_no', c.contract_no,
    'signed_on', c.signed_on,
    'ends_on', c.ends_on,
    'year', c.year,
    'source', c.source,
    'amount_vnd', c.amount_vnd,
    'contracted_vnd', s.contracted,
    'advanced_vnd', s.advanced,
    'paid_vnd', s.paid,
    'recovered_vnd', s.recovered,
    'amendments', c.amendments,
    'organisation_id', c.organisation_id,
    'province_code', c.province_code,
    'origin', c.origin,
    'history_quality', c.history_quality,
    'note', c.note,
    'created_at', instant(c.created_at),
    'created_by', c.created_by,
    'updated_at', instant(c.updated_at),
    'updated_by', c.updated_by)
    from money_of(c.project_id, of_contract => c.id) s
$$;

CREATE FUNCTION public.contract_named(wanted uuid, provinces text[], own_organisation uuid) RETURNS public.contract
    LANGUAGE plpgsql
    AS $$
declare
  c contract;
begin
  perform from project p where p.id = (select k.project_id from contract k where k.id = wanted) for no key update;
  select k.* into c from contract k where k.id = wanted and k.deleted_at is null;
  perform refuse_faults(fault_if(c.id is null or not project_visible(c.project_id, provinces, own_organisation), '#/contract_id',
    'unknown_reference'));
  return c;
end
$$;

COMMENT ON FUNCTION public.contract_named(wanted uuid, provinces text[], own_organisation uuid) IS 'A contract that the caller sees, its project locked: requests of one project queue.';

CREATE FUNCTION public.contract_rules() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if tg_op = 'UPDATE' and old.status <> 'draft' then
    if new.amendments = old.amendments then -- only an amendment says another amount or day
      perform refuse_changed(to_jsonb(old), to_jsonb(new), array['note', 'signed_on']);
    else
      perform refuse_changed(to_jsonb(old), to_jsonb(new), array['note', 'amendments', 'amount_vnd', 'ends_on']);
    end if;
  end if;
  if tg_op = 'INSERT' or new.line_id is distinct from old.line_id or new.parent_id is distinct from old.parent_id then
    perform refuse_faults(
      fault_if(new.line_id is not null and not exists (
        select from project_line l where l.id = new.line_id and l.project_id = new.project_id and l.deleted_at is null),
        '#/line_id', 'unknown_reference')
      || fault_if(new.parent_id is not null and not exists (
        select from contract c where c.id = new.parent_id and c.project_id = new.project_id and c.kind = 'implementation'
           and c.id <> new.id and c.deleted_at is null), '#/parent_id', 'unknown_reference'));
  end if;
  return new;
end
$$;

CREATE FUNCTION public.contract_snapshot(of_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select frozen_part(contract_json(c)) from contract c where c.id = of_id
$$;

CREATE FUNCTION public.contracted_vnd(of_project uuid) RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
  select (money_of(of_project)).contracted
$$;

CREATE FUNCTION public.correct_last_act(of_type text, stored jsonb, transition_id uuid, act jsonb, on_day date, new_version integer) RETURNS void
    LANGUAGE plpgsql
    AS $_$
declare
  done constant transition := correctable_act(of_type, stored, claim('app.tier'), acting_roles());
  rule constant transition_rule := rule_of_act(done, stored);
  effects_back constant text[] := array(select e from unnest(done.effects) with ordinality u (e, n) order by n desc);
begin
  if done.id is null then
    perform refuse_transition(of_type, stored, act ->> 'action', on_day);
  end if;
  perform refuse_without_scope(rule.scope);
  perform refuse_faults(dates_faults(act) || fault_if(is_blank(act -> 'note'), '#/note', 'required',
    '{"member": {"vi": "ghi chú", "en": "note"}}'));
  perform refuse_by_guards(blocks_of(correction_faults(done, rule, act, on_day)));
  execute format('update %I set status = $2, version = $3 where id = $1', of_type) using done.record_id, done.from_status, new_version;
  insert into transition (id, record_type, record_id, record_version, action, from_status, to_status, acted_on, client_id,
    person_id, role, acting_organisation_id, note, reason_code, documents, organisation_id, province_code, corrects_id)
  values (transition_id, of_type, done.record_id, new_version, 'correct', done.to_status, done.from_status, on_day,
    claim('app.client_id')::uuid, acting_person(), role_taken(rule), claim('app.organisation_id')::uuid, act ->> 'note',
    act ->> 'reason_code', coalesce(nullif(act -> 'documents', 'null'), '[]'), (stored ->> 'organisation_id')::uuid,
    stored ->> 'province_code', done.id);
  perform set_off(effects_back, done.record_id, done.id, act, on_day, 'undo_');
end
$_$;

COMMENT ON FUNCTION public.correct_last_act(of_type text, stored jsonb, transition_id uuid, act jsonb, on_day date, new_version integer) IS 'Undoes the caller''s own latest act; both stay in the history.';

CREATE TABLE public.transition (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    record_type text NOT NULL,
    record_id uuid NOT NULL,
    record_version integer NOT NULL,
    action text NOT NULL,
    from_status text NOT NULL,
    to_status text NOT NULL,
    acted_on date NOT NULL,
    recorded_at timestamp with time zone DEFAULT public.current_instant() NOT NULL,
    client_id uuid,
    person_id uuid,
    role text,
    acting_organisation_id uuid,
    note text,
    reason_code text,
    documents jsonb DEFAULT '[]'::jsonb NOT NULL,
    warnings jsonb DEFAULT '[]'::jsonb NOT NULL,
    snapshot_id uuid,
    organisation_id uuid,
    province_code text,
    corrects_id uuid,
    effects text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT transition_corrects_action CHECK (((action = 'correct'::text) = (corrects_id IS NOT NULL))),
    CONSTRAINT transition_documents_shape CHECK (public.are_objects(documents)),
    CONSTRAINT transition_reason_code_known CHECK (public.is_reason_code(reason_code)),
    CONSTRAINT transition_warnings_shape CHECK (public.are_objects(warnings))
);

ALTER TABLE ONLY public.transition FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.transition IS 'Acts that moved records from state to state (lịch sử xử lý). Append only; seen like the record.';

COMMENT ON COLUMN public.transition.record_type IS 'Name of the record''s table.';

COMMENT ON COLUMN public.transition.record_version IS 'Version of the record after the act.';

COMMENT ON COLUMN public.transition.acted_on IS 'Day of the paper, by which rules are chosen; recorded_at is when the service learned of it.';

COMMENT ON COLUMN public.transition.person_id IS 'The user on whose behalf the client acted; null: none was named.';

COMMENT ON COLUMN public.transition.role IS 'The role in which that person acted.';

COMMENT ON COLUMN public.transition.acting_organisation_id IS 'Organisation of the client, and so of the act.';

COMMENT ON COLUMN public.transition.documents IS '[{kind, document_no, issued_on, issuer_name, title, article}]: the papers of the act.';

COMMENT ON COLUMN public.transition.warnings IS '[{pointer, code, label_vi, label_en, legal_basis, certainty}]: what rules that only warn had to say.';

COMMENT ON COLUMN public.transition.snapshot_id IS 'What an approval froze.';

COMMENT ON COLUMN public.transition.organisation_id IS 'Owner of the record at the time of the act.';

COMMENT ON COLUMN public.transition.province_code IS 'Territory of the record at the time of the act.';

COMMENT ON COLUMN public.transition.corrects_id IS 'The act that this one undoes; both stay.';

COMMENT ON COLUMN public.transition.effects IS 'What the act set off, and so what its correction undoes.';

CREATE FUNCTION public.correctable_act(of_type text, record jsonb, own_tier text, own_roles text[]) RETURNS public.transition
    LANGUAGE plpgsql STABLE
    AS $$
declare
  latest constant transition := last_act(of_type, (record ->> 'id')::uuid);
begin
  if coalesce(latest.person_id, latest.client_id) is distinct from coalesce(acting_person(), claim('app.client_id')::uuid)
     or latest.id is null or not coalesce(is_allowed(rule_of_act(latest, record), own_tier, own_roles), false) then
    return null;
  end if;
  return latest;
end
$$;

COMMENT ON FUNCTION public.correctable_act(of_type text, record jsonb, own_tier text, own_roles text[]) IS 'The latest act, if it is the caller''s own (person, or client when no person is named) and he could still do it; else null.';

CREATE FUNCTION public.correction_faults(done public.transition, rule public.transition_rule, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select guard_faults(rule.correct_guards, done.record_id, act || jsonb_build_object('corrects_id', done.id), on_day)
    || coalesce((select jsonb_agg(fault)
                   from unnest(done.effects) effect, jsonb_array_elements(guard_final(done.record_id, act, on_day)) fault
                  where to_regproc('undo_' || effect) is null), '[]')
$$;

COMMENT ON FUNCTION public.correction_faults(done public.transition, rule public.transition_rule, act jsonb, on_day date) IS 'What forbids that an act is undone: its guards, and effects that nothing undoes.';

CREATE FUNCTION public.counter_entry(e public.ledger_entry) RETURNS public.ledger_entry
    LANGUAGE plpgsql STABLE
    AS $$
declare
  met ledger_entry;
begin
  select r.* into met from ledger_entry r where r.id = e.reverses_id;
  perform refuse_faults(
    fault_if(met.id is null, '#/reverses_id', 'unknown_reference')
    || fault_if(met.kind in ('reversal', 'commitment'), '#/reverses_id', 'ledger_entry_reversible', jsonb_build_object('kind', met.kind))
    || fault_if(met.id is not null and e.amount_vnd is not null and e.amount_vnd <> met.amount_vnd, '#/amount_vnd',
         'ledger_entry_reversed_whole', jsonb_build_object('amount_vnd', met.amount_vnd)));
  e.source := met.source;
  e.year := met.year;
  e.from_year := met.from_year;
  e.holder_id := met.holder_id;
  e.from_holder_id := met.from_holder_id;
  e.project_id := met.project_id;
  e.line_id := met.line_id;
  e.contract_id := met.contract_id;
  e.settlement_id := met.settlement_id;
  e.amount_vnd := met.amount_vnd;
  e.from_account := met.to_account;
  e.to_account := met.from_account;
  e.counts_as := met.counts_as;
  e.effect_vnd := - met.effect_vnd;
  return e;
end
$$;

COMMENT ON FUNCTION public.counter_entry(e public.ledger_entry) IS 'The same entry with its accounts turned round. Commitments are met by amending or ending the contract.';

CREATE FUNCTION public.covers(a public.eligible_area, place jsonb, on_day date) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  -- A district that is named, or the commune; the place on the map of the day on which the area is coded.
  select exists (
    select from admin_unit_map m
     where m.code = place ->> 'commune_code' and coalesce((place ->> 'codes_on')::date, on_day) between m.valid_from and m.valid_to
       and a.codes_on between m.on_from and m.on_to
       and (m.on_code = any (a.admin_unit_codes)
            or exists (select from admin_unit_at(m.on_code, a.codes_on) u where u.parent_code = any (a.admin_unit_codes))))
$$;

COMMENT ON FUNCTION public.covers(a public.eligible_area, place jsonb, on_day date) IS 'Is the commune of a place, or its district, among the units that an area lists?';

CREATE FUNCTION public.create_file(new_id uuid, body jsonb, own_organisation uuid, own_province text, bytes_limit bigint) RETURNS TABLE(id uuid, version integer)
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  content jsonb := body -> 'content';
  b file := jsonb_populate_record(null::file, coalesce(content, '{}') || body);
begin
  perform close_abandoned_files();
  if b.size_bytes > bytes_limit then
    raise exception using errcode = 'PT413', message = 'too-large', detail = jsonb_build_object('limit', bytes_limit);
  end if;
  perform refuse_faults(
    file_faults(b.file_name, b.media_type, content ->> 'sniffed_type', '#/')
    || fault_if(content ->> 'sha256' <> b.sha256, '#/sha256', 'file_digest'));
  if content is null then
    insert into file_content (id, organisation_id, province_code) values (new_id, own_organisation, own_province);
  else
    update file_content c set is_whole = true where c.id = new_id and c.received_bytes = b.size_bytes;
    if not found then
      return;
    end if;
  end if;
  return query
  insert into file (id, status, file_name, media_type, size_bytes, sha256, taken_at, latitude, longitude, retention_until,
    organisation_id, province_code, note)
  values (new_id, case when content is null then 'open' else 'complete' end, b.file_name, declared_type(b.file_name, b.media_type),
    b.size_bytes, b.sha256, b.taken_at, b.latitude, b.longitude, b.retention_until, own_organisation, own_province, b.note)
  returning id, version;
end
$$;

COMMENT ON FUNCTION public.create_file(new_id uuid, body jsonb, own_organisation uuid, own_province text, bytes_limit bigint) IS 'The record of bytes that have come (body.content says what they are), or of an open file that waits for its parts.';

CREATE FUNCTION public.create_norm(new_id uuid, body jsonb, own_organisation uuid) RETURNS TABLE(id uuid, version integer)
    LANGUAGE plpgsql
    AS $$
begin
  return query select * from create_rule('norm', new_id, '{"multiplier": 1, "conditions": {}}' || body, own_organisation);
  perform write_territory(new_id, coalesce(body -> 'territory', '[]'));
  perform refuse_faults(norm_row_faults(new_id));
end
$$;

CREATE FUNCTION public.create_rule(of_table regclass, new_id uuid, body jsonb, own_organisation uuid) RETURNS TABLE(id uuid, version integer)
    LANGUAGE plpgsql
    AS $$
begin
  perform insert_rule(of_table, rule_body(body) || jsonb_build_object('id', new_id, 'organisation_id', own_organisation));
  return query select new_id, 1;
end
$$;

COMMENT ON FUNCTION public.create_rule(of_table regclass, new_id uuid, body jsonb, own_organisation uuid) IS 'A new row. body: whole, with its defaults.';

CREATE FUNCTION public.current_json(code text, codes_on date) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('province', admin_unit_name(province_on(code, codes_on, today()), today()))
$$;

COMMENT ON FUNCTION public.current_json(code text, codes_on date) IS 'Where a recorded province lies today; province null where that is not certain.';

CREATE FUNCTION public.cut_vnd(amount bigint, percent numeric) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select round(amount * (100 - percent) / 100)::bigint
$$;

COMMENT ON FUNCTION public.cut_vnd(amount bigint, percent numeric) IS 'What is left after a cut, to the nearest đồng; half a đồng is left.';

CREATE FUNCTION public.dates_faults(act jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if((act ->> 'acted_on')::date > today(), '#/acted_on', 'date_in_future')
    || coalesce((select jsonb_agg(fault)
                   from jsonb_array_elements(act -> 'documents') with ordinality as paper (document, n),
                        jsonb_array_elements(fault_if((paper.document ->> 'issued_on')::date > today(),
                          '#/documents/' || paper.n - 1 || '/issued_on', 'date_in_future')) as fault), '[]')
$$;

CREATE FUNCTION public.decisions_of(of_type text, of_id uuid, acts text[]) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return documents_json((
    select coalesce(jsonb_agg(document order by t.record_version, n), '[]')
      from transition t
     cross join jsonb_array_elements(t.documents) with ordinality listed (document, n)
     where t.record_type = of_type and t.record_id = of_id and t.action = any (acts)));
end
$$;

COMMENT ON FUNCTION public.decisions_of(of_type text, of_id uuid, acts text[]) IS 'Papers of these acts on a record, in their order.';

CREATE FUNCTION public.declared_type(name text, declared text) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select case
    when coalesce(declared, 'application/octet-stream') = 'application/octet-stream'
      then (select t.media_type from file_type t where t.is_taken and extension_of(name) = any (t.extensions))
    else (select t.media_type from file_type t where t.is_taken and t.media_type = lower(declared))
  end
$$;

COMMENT ON FUNCTION public.declared_type(name text, declared text) IS 'The type that is taken; who declares none, or just bytes, is taken by the end of the file name. Null: none.';

CREATE FUNCTION public.document_json(document jsonb) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select case when jsonb_typeof(document) = 'object' then documents_json(jsonb_build_array(document)) -> 0 end
$$;

CREATE TABLE public.document_requirement (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    record_type text NOT NULL,
    code text NOT NULL,
    stage text NOT NULL,
    "position" integer NOT NULL,
    kind text NOT NULL,
    label_vi text NOT NULL,
    label_en text NOT NULL,
    is_required boolean NOT NULL,
    needs_sample boolean DEFAULT false NOT NULL,
    legal_document_no text NOT NULL,
    legal_article text,
    valid_from date NOT NULL,
    valid_to date,
    certainty text NOT NULL,
    enforcement text NOT NULL,
    note text,
    activity_code text,
    CONSTRAINT document_requirement_certainty_known CHECK ((certainty = ANY (ARRAY['verified'::text, 'second_hand'::text, 'uncertain'::text]))),
    CONSTRAINT document_requirement_enforcement_known CHECK ((enforcement = ANY (ARRAY['block'::text, 'warn'::text]))),
    CONSTRAINT document_requirement_valid_to_order CHECK ((valid_to >= valid_from))
);

ALTER TABLE ONLY public.document_requirement FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.document_requirement IS 'Which papers a record must or may bring (hồ sơ phải có), by decision and date.';

COMMENT ON COLUMN public.document_requirement.record_type IS 'Name of the table whose records bring them.';

COMMENT ON COLUMN public.document_requirement.stage IS 'When: submission, forwarding (what the commune adds before it sends the dossier on), acceptance, or settlement.';

COMMENT ON COLUMN public.document_requirement."position" IS 'Place in the list.';

COMMENT ON COLUMN public.document_requirement.kind IS 'Document kind.';

COMMENT ON COLUMN public.document_requirement.needs_sample IS 'Only where the product set asks for samples.';

COMMENT ON COLUMN public.document_requirement.enforcement IS 'block: handing in is refused without it; warn: it is only shown as missing.';

COMMENT ON COLUMN public.document_requirement.activity_code IS 'Only for this activity (a group stands for its child activities); null: for all.';

CREATE FUNCTION public.document_requirement_json(d public.document_requirement) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('record_type', d.record_type, 'code', d.code, 'stage', d.stage, 'kind', d.kind,
    'label_vi', d.label_vi, 'label_en', d.label_en, 'is_required', d.is_required, 'needs_sample', d.needs_sample,
    'legal_basis', json_build_object('document_no', d.legal_document_no, 'article', d.legal_article),
    'valid_from', d.valid_from, 'valid_to', d.valid_to, 'certainty', d.certainty, 'enforcement', d.enforcement, 'note', d.note,
    'activity_code', d.activity_code)
$$;

CREATE FUNCTION public.documents_json(documents jsonb) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select coalesce(json_agg(json_build_object('kind', d.kind, 'document_no', d.document_no, 'issued_on', d.issued_on,
           'issuer_name', d.issuer_name, 'title', d.title, 'article', d.article, 'file_id', d.file_id) order by n), '[]')
    from jsonb_array_elements(documents) with ordinality listed (document, n)
   cross join jsonb_to_record(document) d (kind text, document_no text, issued_on date, issuer_name text, title text, article text, file_id uuid)
$$;

CREATE FUNCTION public.dong(amount bigint, language text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case when language = 'vi' then replace(to_char(amount, 'FM9,999,999,999,999,999'), ',', '.') || ' đồng'
              else 'VND ' || to_char(amount, 'FM9,999,999,999,999,999') end
$$;

CREATE FUNCTION public.duplicate_check_json(question jsonb) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
  of_establishment constant uuid := question ->> 'establishment_id';
begin
  perform refuse_faults(
    fault_if(of_establishment is null and question ->> 'tax_code' is null, '#', 'duplicate_check_firm_given')
    || fault_if(of_establishment is not null
         and not exists (select from establishment e where e.id = of_establishment and e.deleted_at is null), '#/establishment_id', 'unknown_reference')
    || fault_if(not exists (select from activity a where a.code = question ->> 'activity_code'), '#/activity_code', 'unknown_reference'));
  return (
    select json_build_object(
      'is_duplicate', coalesce(bool_or('same_item' = any (m.reasons)), false),
      'matches', coalesce(json_agg(json_build_object('project_code', m.project_code, 'year', m.year, 'province_code', m.province_code,
        'reasons', m.reasons) order by m.year, m.project_code), '[]'))
      from duplicate_matches(of_establishment, question ->> 'tax_code', question ->> 'activity_code',
        array(select fold(i) from jsonb_array_elements_text(coalesce(question -> 'items', '[]')) i), (question ->> 'project_id')::uuid) m);
end
$$;

COMMENT ON FUNCTION public.duplicate_check_json(question jsonb) IS 'Has the firm got support for the activity before? Stores nothing.';

CREATE FUNCTION public.duplicate_matches(of_establishment uuid, of_tax_code text, of_activity text, items text[], of_project uuid) RETURNS TABLE(project_code text, year integer, province_code text, reasons text[])
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
  with firm as (
    select e.id, e.tax_code from public.establishment e where e.id = of_establishment
    union
    select e.id, e.tax_code from public.establishment e
     where e.tax_code = coalesce(of_tax_code, (select k.tax_code from public.establishment k where k.id = of_establishment))
  ), supported as (
    select p.id, p.code, p.province_code, p.starts_on, l.establishment_id, l.activity_code, public.line_items(l) && items as is_same_item
      from public.project_line l
      join public.project p on p.id = l.project_id
     where l.establishment_id in (select f.id from firm f) and l.deleted_at is null and l.status not in ('withdrawn', 'removed')
       and p.deleted_at is null and p.status not in ('draft', 'returned', 'rejected', 'withdrawn', 'stopped')
       -- The years of a key project are parts of it and no second support.
       and (of_project is null or p.id <> of_project and not exists (
             select from public.project own
              where own.id = of_project and (own.parent_id = p.id or p.parent_id = own.id)))
  )
  select s.code, coalesce(extract(year from min(s.starts_on))::integer, (
           select min(f.year) from public.project_funding f where f.project_id = s.id and f.deleted_at is null)),
         s.province_code,
         array[case when bool_or(s.establishment_id = of_establishment) then 'same_establishment' else 'same_tax_code' end, 'same_activity']
           || case when bool_or(s.is_same_item) then '{same_item}'::text[] else '{}' end
    from supported s
   where s.activity_code = of_activity
      or exists (select from public.activity a where (a.code, a.parent_code) in ((s.activity_code, of_activity), (of_activity, s.activity_code)))
   group by s.id, s.code, s.province_code
   order by s.code
$$;

COMMENT ON FUNCTION public.duplicate_matches(of_establishment uuid, of_tax_code text, of_activity text, items text[], of_project uuid) IS 'Support of the same firm for the same activity in other projects, of whatever level, year and province.';

CREATE FUNCTION public.effect_acceptance_signed(record_id uuid, transition_id uuid, act jsonb, on_day date) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  a acceptance;
begin
  select t.* into a from acceptance t where t.id = record_id;
  perform refuse_faults(
    fault_if(a.minutes is null, '#/minutes', 'required') || fault_if(a.result is null, '#/result', 'required')
    || fault_if(a.value_vnd is null, '#/value_vnd', 'required'));
  if a.result <> 'failed' then
    perform set_line_status(a.line_id, 'accepted', '{planned,active}');
  end if;
end
$$;

CREATE FUNCTION public.effect_amend_programme(record_id uuid, transition_id uuid, act jsonb, on_day date) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  v programme_version;
begin
  select * into strict v
    from programme_version o
   where o.programme_id = record_id and o.status = 'proposed' and o.deleted_at is null;
  update programme_version o
     set status = 'superseded', valid_to = on_day - 1, version = o.version + 1
   where o.programme_id = record_id and o.status = 'in_force';
  update programme g
     set name = v.name, starts_on = v.starts_on, ends_on = v.ends_on, activity_priorities = v.activity_priorities,
         planned_funding = v.planned_funding
   where g.id = record_id;
  perform apply_version_targets(record_id, v.targets);
  update programme_version o
     set status = 'in_force', valid_from = on_day, transition_id = effect_amend_programme.transition_id,
         targets = version_targets(record_id), version = o.version + 1
   where o.id = v.id;
end
$$;

COMMENT ON FUNCTION public.effect_amend_programme(record_id uuid, transition_id uuid, act jsonb, on_day date) IS 'The proposal is in force, the version before it ends the day before, and the programme with its targets becomes what the decision says.';

CREATE FUNCTION public.effect_apply_adjustment(record_id uuid, transition_id uuid, act jsonb, on_day date) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  d plan_adjustment;
  entry jsonb;
  item annual_plan_item;
begin
  select * into d from plan_adjustment a where a.id = record_id;
  for entry in select e from jsonb_array_elements(d.items) with ordinality listed (e, n) order by n loop
    if d.kind = 'add' then
      insert into annual_plan_item (annual_plan_id, project_id, support_vnd, plan_adjustment_id, registered_on)
      values (d.annual_plan_id, (entry ->> 'project_id')::uuid, (entry #>> '{after,support_vnd}')::bigint, d.id, on_day)
      returning * into item;
    else
      select * into strict item from annual_plan_item i where i.id = (entry ->> 'item_id')::uuid;
    end if;
    item := jsonb_populate_record(item, entry -> 'after');
    perform keep_item_version(item, d.id, transition_id, on_day);
    update annual_plan_item i
       set activity_code = item.activity_code, support_vnd = item.support_vnd, counterpart_vnd = item.counterpart_vnd,
           completion_month = item.completion_month, is_stopped = item.is_stopped, version = i.version + 1
     where i.id = item.id;
    update project_line l
       set status = 'removed', version = l.version + 1
     where l.project_id = item.project_id and l.id in (select line::uuid from jsonb_array_elements_text(entry -> 'removed_line_ids') line);
  end loop;
end
$$;

COMMENT ON FUNCTION public.effect_apply_adjustment(record_id uuid, transition_id uuid, act jsonb, on_day date) IS 'Each item becomes a new version by the decision; the baseline stays. Lines of beneficiaries who left are removed from their project.';

CREATE FUNCTION public.effect_assign_plan(record_id uuid, transition_id uuid, act jsonb, on_day date) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  perform keep_item_version(i, null, transition_id, on_day)
     from annual_plan_item i
    where i.annual_plan_id = record_id and i.deleted_at is null;
  update annual_plan_item i
     set baseline = state_of_item(i), version = i.version + 1
   where i.annual_plan_id = record_id and i.deleted_at is null;
end
$$;

COMMENT ON FUNCTION public.effect_assign_plan(record_id uuid, transition_id uuid, act jsonb, on_day date) IS 'The plan is assigned: what its items are now is their baseline for good, and their first version.';

CREATE FUNCTION public.effect_certificate_extended(record_id uuid, transition_id uuid, act jsonb, on_day date) RETURNS void
    LANGUAGE sql
    AS $$
  update certificate c set valid_to = extended_to(c, act, on_day) where c.id = record_id
$$;

CREATE FUNCTION public.effect_certificate_revoked(record_id uuid, transition_id uuid, act jsonb, on_day date) RETURNS void
    LANGUAGE sql
    AS $$
  update certificate c
     set revocation = jsonb_build_object('ground_code', act ->> 'ground_code', 'revoked_on', on_day, 'documents', coalesce(act -> 'documents', '[]'))
   where c.id = record_id
$$;

CREATE FUNCTION public.effect_certificate_superseded(record_id uuid, transition_id uuid, act jsonb, on_day date) RETURNS void
    LANGUAGE sql
    AS $$
  update certificate c set replaced_by_id = (act ->> 'replaced_by_id')::uuid where c.id = record_id
$$;

CREATE FUNCTION public.effect_contract_amended(record_id uuid, transition_id uuid, act jsonb, on_day date) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  before contract;
  c contract;
begin
  select k.* into before from contract k where k.id = record_id;
  if act -> 'amount_vnd' is null and act -> 'ends_on' is null then
    perform refuse('#/amount_vnd', 'contract_amendment_says_something');
  end if;
  update contract k
     set amount_vnd = coalesce((act ->> 'amount_vnd')::bigint, k.amount_vnd),
         ends_on = coalesce((act ->> 'ends_on')::date, k.ends_on),
         amendments = k.amendments || jsonb_build_array(jsonb_build_object(
           'amended_on', on_day, 'amount_before_vnd', k.amount_vnd, 'amount_vnd', coalesce((act ->> 'amount_vnd')::bigint, k.amount_vnd),
           'ends_before_on', k.ends_on, 'ends_on', coalesce((act ->> 'ends_on')::date, k.ends_on), 'document', document_json(paper_of(act)),
           'note', act ->> 'note'))
   where k.id = record_id
  returning * into c;
  if c.parent_id is null and c.amount_vnd <> before.amount_vnd then
    perform post_of_contract(c, 'commitment', abs(c.amount_vnd - before.amount_vnd), on_day, paper_of(act), c.amount_vnd < before.amount_vnd);
  end if;
end
$$;

CREATE FUNCTION public.effect_contract_signed(record_id uuid, transition_id uuid, act jsonb, on_day date) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  c contract;
  passed_on bigint;
  parent contract;
begin
  update contract k set signed_on = coalesce(k.signed_on, on_day) where k.id = record_id returning * into c;
  perform refuse_faults(
    fault_if(is_blank(to_jsonb(c.contract_no)), '#/contract_no', 'required')
    || fault_if(c.ends_on is null, '#/ends_on', 'required')
    || fault_if(c.ends_on < c.signed_on, '#/ends_on', 'contract_ends_after_signed'));
  if c.parent_id is null then
    perform post_of_contract(c, 'commitment', c.amount_vnd, on_day, paper_of(act));
  else
    select k.* into parent from contract k where k.id = c.parent_id;
    passed_on := (select sum(k.amount_vnd) from contract k where k.parent_id = c.parent_id and k.status = 'signed' and k.deleted_at is null);
    perform refuse_by_guards(
      guard_if(parent.status <> 'signed', '#/parent_id', 'g2_contract_signed', 'G1', jsonb_build_object(
        'contract_code', parent.code, 'contract_status', parent.status))
      || guard_if(passed_on > parent.amount_vnd, '#/amount_vnd', 'g1_passed_on_within_contract', 'G1', jsonb_build_object(
        'amount_vnd', parent.amount_vnd, 'passed_on_vnd', passed_on)));
  end if;
  perform set_line_status(c.line_id, 'active', '{planned}');
end
$$;

CREATE FUNCTION public.effect_contract_terminated(record_id uuid, transition_id uuid, act jsonb, on_day date) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  c contract;
  s money_sums;
begin
  select k.* into c from contract k where k.id = record_id;
  s := money_of(c.project_id, of_contract => c.id);
  if s.contracted > s.paid - s.recovered then
    perform post_of_contract(c, 'commitment', s.contracted - (s.paid - s.recovered), on_day, paper_of(act), true);
  end if;
end
$$;

CREATE FUNCTION public.effect_keep_programme_version(record_id uuid, transition_id uuid, act jsonb, on_day date) RETURNS void
    LANGUAGE sql
    AS $$
  select keep_first_version(g) from programme g where g.id = record_id
$$;

COMMENT ON FUNCTION public.effect_keep_programme_version(record_id uuid, transition_id uuid, act jsonb, on_day date) IS 'What was approved is the first version.';

CREATE FUNCTION public.effect_payment_paid(record_id uuid, transition_id uuid, act jsonb, on_day date) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  insert into ledger_entry (kind, source, year, project_id, line_id, contract_id, payment_request_id, amount_vnd, entry_on, document)
  select r.kind, r.source, r.year, r.project_id, r.line_id, r.contract_id, r.id, r.amount_vnd, on_day, paper_of(act)
    from payment_request r
   where r.id = record_id;
end
$$;

CREATE FUNCTION public.effect_settlement_approved(record_id uuid, transition_id uuid, act jsonb, on_day date) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  t settlement;
  line project_line;
begin
  select k.* into t from settlement k where k.id = record_id;
  line := line_to_settle(t);
  if t.carried_over_vnd > 0 then
    insert into ledger_entry (kind, source, year, from_year, project_id, line_id, settlement_id, amount_vnd, entry_on, document)
    values ('transfer', t.source, t.year + 1, t.year, t.project_id, t.line_id, t.id, t.carried_over_vnd, on_day, paper_of(act));
  end if;
  perform set_line_status(line.id, 'settled', '{accepted}');
end
$$;

CREATE FUNCTION public.effect_settlement_reopened(record_id uuid, transition_id uuid, act jsonb, on_day date) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  t settlement;
  line project_line;
begin
  select k.* into t from settlement k where k.id = record_id;
  line := line_to_settle(t);
  insert into ledger_entry (kind, reverses_id, project_id, entry_on, document)
  select 'reversal', e.id, e.project_id, on_day, paper_of(act)
    from ledger_entry e
   where e.settlement_id = t.id and e.kind = 'transfer' and not exists (select from ledger_entry r where r.reverses_id = e.id);
  perform set_line_status(line.id, 'accepted', '{settled}');
end
$$;

CREATE FUNCTION public.effect_voting_certified(record_id uuid, transition_id uuid, act jsonb, on_day date) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  paper constant jsonb := (select x from jsonb_array_elements(act -> 'documents') x where x ->> 'kind' = 'decision' limit 1);
  e voting_entry;
  d voting_round;
  c certificate;
begin
  update voting_entry r
     set decision = jsonb_build_object('document_no', paper ->> 'document_no', 'issued_on', coalesce(paper ->> 'issued_on', on_day::text),
           'issuer_name', paper ->> 'issuer_name'),
         prize_vnd = (
           select (z ->> 'amount_vnd')::bigint
             from voting_round x join voting_regulation g on g.id = x.regulation_id cross join jsonb_array_elements(g.prizes) z
            where x.id = r.round_id and r.rank >= (z ->> 'from_rank')::integer and r.rank <= coalesce((z ->> 'to_rank')::integer, 1000000) limit 1)
   where r.id = record_id
  returning * into e;
  select * into d from voting_round x where x.id = e.round_id;
  c.organisation_id := coalesce(claim('app.organisation_id')::uuid, e.organisation_id);
  c.province_code := e.province_code;
  c.codes_on := e.codes_on;
  c.scheme := 'voting';
  c.tier := d.tier;
  c.certificate_no := coalesce((select x ->> 'document_no' from jsonb_array_elements(act -> 'documents') x where x ->> 'kind' = 'certificate' limit 1), e.code);
  c.product_id := e.product_id;
  c.product_name := e.product_name;
  c.product_group_code := e.product_group_code;
  c.establishment_id := e.establishment_id;
  c.entry_id := e.id;
  c.issuer_name := coalesce(paper ->> 'issuer_name', (select o.name from organisation o where o.id = d.organisation_id));
  c.decision := paper;
  c.issued_on := on_day;
  c.valid_to := certificate_last_day(on_day, parameter_value('voting_certificate_months', on_day, null, e.province_code)::integer);
  perform certificate_issue(c);
end
$$;

CREATE FUNCTION public.effect_voting_nominated(record_id uuid, transition_id uuid, act jsonb, on_day date) RETURNS void
    LANGUAGE sql
    AS $$
  insert into voting_entry (round_id, product_id, establishment_id, product_group_code, previous_certificate_id, checklist, organisation_id, province_code, codes_on)
  select voting_round_above(e.id), e.product_id, e.establishment_id, e.product_group_code, c.id, e.checklist, e.organisation_id, e.province_code, e.codes_on
    from voting_entry e
    left join certificate c on c.entry_id = e.id and c.deleted_at is null
   where e.id = record_id
$$;

CREATE FUNCTION public.effect_voting_rank(record_id uuid, transition_id uuid, act jsonb, on_day date) RETURNS void
    LANGUAGE sql
    AS $$
  update voting_entry e
     set rank = 1 + (select count(*) from voting_entry other where other.round_id = e.round_id and other.deleted_at is null and other.score > e.score)
   where e.id = record_id
$$;

CREATE FUNCTION public.effect_voting_score(record_id uuid, transition_id uuid, act jsonb, on_day date) RETURNS void
    LANGUAGE sql
    AS $$
  update voting_entry e set score = s.average from voting_sheets(record_id) s where e.id = record_id
$$;

CREATE FUNCTION public.tax_code_valid(code text, kind text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
  select case kind
    when 'personal12' then code ~ '^[0-9]{12}$'
    when 'branch13' then code ~ '^[0-9]{10}-[0-9]{3}$' and code !~ '-000$' and public.tax_code_valid(left(code, 10), 'enterprise10')
    when 'enterprise10' then code ~ '^[0-9]{10}$' and code !~ '^00' and code !~ '^..0000000' and (
      select substr(code, 10, 1)::integer = 10 - sum(weight * substr(code, place::integer, 1)::integer) % 11
        from unnest(array[31, 29, 23, 19, 17, 13, 7, 5, 3]) with ordinality as digit (weight, place))
    else false
  end
$_$;

COMMENT ON FUNCTION public.tax_code_valid(code text, kind text) IS 'Form and check digit of a tax code. A personal code (the 12-digit identity number) has no check digit.';

CREATE TABLE public.establishment (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    organisation_id uuid,
    province_code text NOT NULL,
    origin text DEFAULT 'native'::text NOT NULL,
    history_quality text DEFAULT 'full'::text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    code text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    name text NOT NULL,
    legal_form text,
    tax_code text,
    tax_code_kind text,
    site_no integer DEFAULT 1 NOT NULL,
    registration jsonb,
    representative jsonb,
    phone text,
    email text,
    place jsonb,
    codes_on date NOT NULL,
    vsic_version text,
    vsic_codes text[] DEFAULT '{}'::text[] NOT NULL,
    main_products jsonb DEFAULT '[]'::jsonb NOT NULL,
    founded_on date,
    size_class text,
    craft_village_name text,
    folded text GENERATED ALWAYS AS (public.fold(((((code || ' '::text) || name) || ' '::text) || COALESCE(craft_village_name, ''::text)))) STORED,
    CONSTRAINT establishment_tax_code_check CHECK ((((tax_code IS NULL) AND (tax_code_kind IS NULL)) OR COALESCE(public.tax_code_valid(tax_code, tax_code_kind), false))),
    CONSTRAINT establishment_vsic_version_required CHECK (((vsic_version IS NOT NULL) OR (vsic_codes = '{}'::text[])))
);

ALTER TABLE ONLY public.establishment FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.establishment IS 'Rural-industry establishments, which projects support; also the owners of OCOP products.';

COMMENT ON COLUMN public.establishment.province_code IS 'Territory: the province of the place, as recorded there; else that of whoever created the record.';

COMMENT ON COLUMN public.establishment.tax_code IS 'enterprise10: 10 digits; branch13: 10, hyphen, 3; personal12: identity number, personal data.';

COMMENT ON COLUMN public.establishment.site_no IS 'Counts the production sites under one tax code.';

COMMENT ON COLUMN public.establishment.registration IS 'Certificate of registration other than the tax code: document_no, issued_on, issuer_name.';

COMMENT ON COLUMN public.establishment.representative IS 'full_name, position, id_no; personal data.';

COMMENT ON COLUMN public.establishment.place IS 'province_code, commune_code, address_line, codes_on, latitude, longitude.';

COMMENT ON COLUMN public.establishment.codes_on IS 'Day on whose map province_code is valid.';

COMMENT ON COLUMN public.establishment.vsic_version IS 'Which classification vsic_codes are of: 2018 or 2025.';

COMMENT ON COLUMN public.establishment.vsic_codes IS 'The main one first.';

COMMENT ON COLUMN public.establishment.main_products IS 'Objects with name, measure_unit, yearly_output.';

CREATE FUNCTION public.eligibility_of(e public.establishment, on_day date) RETURNS TABLE(kind text, found text, name_vi text, name_en text, settled boolean, strictness text, legal_basis text, is_declared boolean)
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return query
  select 'legal_form', e.legal_form, 'loại hình', 'the legal form', null::boolean, null::text, null::text, false
  union all
  -- Figures that are judged by thresholds nobody has confirmed do not refuse what the declared size would let pass.
  select 'size_class', s.size_class, 'quy mô', 'the size', null,
         case when s.basis = 'figures' and s.is_uncertain and e.size_class is distinct from s.size_class then 'warn' end, null, s.basis = 'declared'
    from size_on(e, on_day) s
  union all
  select 'area', u.kind, 'địa bàn', 'the area', case v.verdict when 'listed' then true when 'not_listed' then false when 'excluded' then false end,
         (v.area).enforcement, nullif(concat_ws(', ', (v.area).legal_article, (v.area).legal_document_no), ''), false
    from (select (select u.kind from admin_unit_at(e.place ->> 'commune_code', (e.place ->> 'codes_on')::date) u)) u (kind)
    left join area_verdict(e.place, on_day) v on true
  union all
  select 'trade', case when e.vsic_codes = '{}' then null else substring(e.vsic_codes[1] from '[0-9]{2}') end, 'ngành nghề', 'the trade',
         null, null, null, false;
end
$$;

COMMENT ON FUNCTION public.eligibility_of(e public.establishment, on_day date) IS 'What the rules on beneficiaries look at; found null: not known. settled: a list of units has the answer. strictness, legal_basis: of the row that decides, where it is not that of the check. is_declared: the size is not told by figures.';

CREATE FUNCTION public.eligible_area_json(a public.eligible_area) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select (jsonb_build_object(
    'id', a.id,
    'code', a.code,
    'kind', a.kind,
    'name_vi', a.name_vi,
    'name_en', a.name_en,
    'province_code', a.province_code,
    'admin_unit_codes', a.admin_unit_codes,
    'codes_on', a.codes_on,
    'is_excluded', a.is_excluded,
    'legal_basis', json_build_object('document_no', a.legal_document_no, 'article', a.legal_article),
    'valid_from', a.valid_from,
    'valid_to', a.valid_to,
    'certainty', a.certainty,
    'enforcement', a.enforcement,
    'note', a.note)
    || rule_json('eligible_area', to_jsonb(a)))::json
$$;

CREATE FUNCTION public.ending_reason(of_project uuid, of_status text) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select coalesce((
    select t.reason_code
      from transition t
     where t.record_type = 'project' and t.record_id = of_project and t.to_status = of_status
     order by t.record_version desc
     limit 1), 'none')
$$;

COMMENT ON FUNCTION public.ending_reason(of_project uuid, of_status text) IS 'Why a project was stopped, withdrawn or rejected; none: it was not said.';

CREATE FUNCTION public.entry_to_post(e public.ledger_entry, provinces text[], own_organisation uuid) RETURNS public.ledger_entry
    LANGUAGE plpgsql
    AS $$
declare
  c contract;
  met ledger_entry;
begin
  if e.kind = 'reversal' then
    perform refuse_faults(
      fault_if(e.reverses_id is null, '#', 'required', '{"member": "reverses_id"}')
      || fault_if(e.contract_id is not null, '#/contract_id', 'ledger_entry_of_reversal'));
    select r.* into met from ledger_entry r where r.id = e.reverses_id;
    perform refuse_faults(fault_if(met.id is null, '#/reverses_id', 'unknown_reference'));
    e.project_id := met.project_id;
    e.holder_id := met.holder_id;
    e.organisation_id := met.organisation_id;
    e.province_code := met.province_code;
  else
    perform refuse_faults(
      fault_if(e.contract_id is null, '#', 'required', '{"member": "contract_id"}')
      || fault_if(e.amount_vnd is null, '#', 'required', '{"member": "amount_vnd"}')
      || fault_if(e.reverses_id is not null, '#/reverses_id', 'ledger_entry_of_reversal'));
    select k.* into c from contract k where k.id = e.contract_id and k.deleted_at is null;
    perform refuse_faults(fault_if(c.id is null or not project_visible(c.project_id, provinces, own_organisation), '#/contract_id',
      'unknown_reference'));
    e.project_id := c.project_id;
    e.line_id := c.line_id;
    e.source := c.source;
    e.year := coalesce(e.year, c.year);
  end if;
  perform refuse_faults(fault_if(e.entry_on > today(), '#/entry_on', 'date_in_future'));
  return e;
end
$$;

CREATE FUNCTION public.entry_with_accounts(e public.ledger_entry) RETURNS public.ledger_entry
    LANGUAGE plpgsql STABLE
    AS $$
begin
  e.from_account := coalesce(e.from_account, case e.kind
    when 'allocation' then 'budget' when 'commitment' then 'allocated' when 'recovery' then 'disbursed'
    when 'transfer' then case when e.project_id is null then 'allocated' else 'committed' end else 'committed' end);
  e.to_account := case e.kind
    when 'allocation' then case e.from_account when 'budget' then 'allocated' else 'budget' end
    when 'commitment' then case e.from_account when 'allocated' then 'committed' else 'allocated' end
    when 'recovery' then 'committed'
    when 'transfer' then e.from_account
    else 'disbursed' end;
  e.counts_as := e.kind;
  e.effect_vnd := case when (e.kind, e.from_account) in (('allocation', 'allocated'), ('commitment', 'committed'))
    then - e.amount_vnd else e.amount_vnd end;
  return e;
end
$$;

COMMENT ON FUNCTION public.entry_with_accounts(e public.ledger_entry) IS 'Each kind moves money between two accounts; a cut and a release are their kind turned round.';

CREATE FUNCTION public.establishment_json(e public.establishment, is_owner boolean) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', e.id, 'code', e.code, 'version', e.version, 'status', e.status, 'name', e.name,
    'legal_form', e.legal_form, 'tax_code', establishment_tax_code(e, is_owner), 'tax_code_kind', e.tax_code_kind,
    'site_no', e.site_no, 'registration', e.registration, 'representative', representative_json(e.representative, is_owner),
    'phone', case when is_owner then e.phone else masked(e.phone, 3) end,
    'email', case when is_owner then e.email else masked(e.email) end,
    'place', place_json(e.place), 'vsic_version', e.vsic_version, 'vsic_codes', e.vsic_codes,
    'main_products', e.main_products, 'founded_on', e.founded_on, 'size_class', e.size_class,
    'craft_village_name', e.craft_village_name, 'is_masked', not is_owner,
    'organisation_id', e.organisation_id, 'province_code', e.province_code,
    'external_refs', external_refs_json('establishment', e.id),
    'origin', e.origin, 'history_quality', e.history_quality, 'note', e.note,
    'created_at', instant(e.created_at), 'created_by', e.created_by,
    'updated_at', instant(e.updated_at), 'updated_by', e.updated_by)
$$;

COMMENT ON FUNCTION public.establishment_json(e public.establishment, is_owner boolean) IS 'is_owner: the caller may see personal data of this territory.';

CREATE FUNCTION public.establishment_size_json(e public.establishment, on_day date) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  with asked as (
    select s.*, coalesce((s.figures).year, 0) as year, extract(year from on_day)::integer as this_year from size_on(e, on_day) s
  ), raised as (
    select 1 as place, 'size_unknown' as code from asked where basis = 'unknown'
    union all
    select 2, 'size_declared' from asked where basis = 'declared'
    union all
    select 3, 'no_figures' from asked where year = 0
    union all
    select 4, 'no_thresholds' from asked where thresholds = '{}'
    union all
    select 5, 'figures_incomplete' from asked where size_of(figures, thresholds) = ''
    union all
    select 6, 'figures_of_this_year' from asked where year = this_year
    union all
    select 7, 'figures_old' from asked where year between 1 and this_year - 2
    union all
    select 8, 'thresholds_uncertain' from asked where is_uncertain
    union all
    select 9, 'declared_differs' from asked where basis = 'figures' and size_class <> e.size_class
    union all
    select 10, 'sector_assumed' from asked where e.vsic_codes = '{}'
  )
  select json_build_object(
    'establishment_id', e.id,
    'valid_on', on_day,
    'size_class', a.size_class,
    'basis', a.basis,
    'declared_size_class', e.size_class,
    'figures', case when a.year > 0 then establishment_year_json(a.figures) end,
    'thresholds', (select coalesce(json_agg(size_threshold_json(t) order by t.employees_max), '[]') from unnest(a.thresholds) t),
    'warnings', (
      select coalesce(json_agg(json_build_object('code', r.code, 'label_vi', w.vi, 'label_en', w.en) order by r.place), '[]')
        from raised r
        join (values
          ('size_unknown', 'Chưa biết quy mô: không có số liệu năm và cơ sở chưa khai quy mô.', 'The size is not known: there are no yearly figures, and none is declared.'),
          ('size_declared', 'Quy mô theo kê khai của cơ sở, chưa xác định được từ số liệu năm.', 'The size is the declared one; yearly figures do not tell it.'),
          ('no_figures', 'Chưa có số liệu của năm nào đến ngày này.', 'There are no figures of a year up to this day.'),
          ('no_thresholds', 'Chưa có tiêu chí quy mô có hiệu lực vào ngày này.', 'No thresholds are known for this day.'),
          ('figures_incomplete', 'Thiếu số lao động, hoặc thiếu doanh thu, nguồn vốn nên chưa xác định được quy mô.', 'The number of employees, the revenue or the capital is missing, so the size is not told.'),
          ('figures_of_this_year', 'Số liệu của chính năm này, vì chưa có số liệu năm trước.', 'The figures are of the very year, since none of a year before are known.'),
          ('figures_old', 'Số liệu cũ hơn năm trước liền kề.', 'The figures are older than the year before.'),
          ('thresholds_uncertain', 'Tiêu chí quy mô chưa được xác nhận; chỉ để cảnh báo.', 'The thresholds are not confirmed; they only warn.'),
          ('declared_differs', 'Quy mô theo số liệu khác quy mô cơ sở kê khai.', 'The size by the figures differs from the declared one.'),
          ('sector_assumed', 'Cơ sở chưa ghi ngành nghề; xét như ngành công nghiệp.', 'No trade is recorded; taken as industry.')
        ) w (code, vi, en) on w.code = r.code))
    from asked a
$$;

COMMENT ON FUNCTION public.establishment_size_json(e public.establishment, on_day date) IS 'The size on a day, what tells it and what to know before relying on it. Stores nothing.';

CREATE FUNCTION public.establishment_summary_json(e public.establishment, is_owner boolean) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', e.id, 'code', e.code, 'version', e.version, 'status', e.status, 'name', e.name,
    'legal_form', e.legal_form, 'tax_code', establishment_tax_code(e, is_owner), 'tax_code_kind', e.tax_code_kind,
    'site_no', e.site_no, 'province_code', e.province_code, 'province', admin_unit_name(e.province_code, e.codes_on),
    'commune', admin_unit_name(e.place ->> 'commune_code', e.codes_on), 'size_class', e.size_class,
    'organisation_id', e.organisation_id, 'updated_at', instant(e.updated_at))
$$;

CREATE FUNCTION public.establishment_tax_code(e public.establishment, is_owner boolean) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case when e.tax_code_kind = 'personal12' and not is_owner then masked(e.tax_code, 3) else e.tax_code end
$$;

CREATE TABLE public.establishment_year (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    establishment_id uuid NOT NULL,
    year integer NOT NULL,
    revenue_vnd bigint,
    capital_vnd bigint,
    tax_paid_vnd bigint,
    export_vnd bigint,
    employees_count integer,
    employees_female_count integer,
    source text NOT NULL,
    organisation_id uuid,
    province_code text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT establishment_year_capital_range CHECK (public.is_amount((capital_vnd)::numeric)),
    CONSTRAINT establishment_year_employees_range CHECK ((LEAST(employees_count, employees_female_count) >= 0)),
    CONSTRAINT establishment_year_export_range CHECK (public.is_amount((export_vnd)::numeric)),
    CONSTRAINT establishment_year_female_within_employees CHECK ((employees_female_count <= employees_count)),
    CONSTRAINT establishment_year_revenue_range CHECK (public.is_amount((revenue_vnd)::numeric)),
    CONSTRAINT establishment_year_something_given CHECK ((num_nonnulls(revenue_vnd, capital_vnd, tax_paid_vnd, export_vnd, employees_count) > 0)),
    CONSTRAINT establishment_year_source_known CHECK ((source = ANY (ARRAY['financial_statement'::text, 'tax_declaration'::text, 'social_insurance'::text, 'survey'::text, 'self_declared'::text, 'other'::text]))),
    CONSTRAINT establishment_year_tax_range CHECK (public.is_amount((tax_paid_vnd)::numeric)),
    CONSTRAINT establishment_year_year_range CHECK (((year >= 1950) AND (year <= 2100)))
);

ALTER TABLE ONLY public.establishment_year FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.establishment_year IS 'Figures of an establishment for a year (số liệu năm). Its size on a day is told by them.';

COMMENT ON COLUMN public.establishment_year.revenue_vnd IS 'Total revenue of the year.';

COMMENT ON COLUMN public.establishment_year.capital_vnd IS 'Total capital (tổng nguồn vốn) at the end of the year, by the balance sheet.';

COMMENT ON COLUMN public.establishment_year.employees_count IS 'Average of the year, of those with social insurance where the size is to be told by it.';

COMMENT ON COLUMN public.establishment_year.source IS 'Where the figures are from: financial_statement, tax_declaration, social_insurance, survey, self_declared, other.';

COMMENT ON COLUMN public.establishment_year.province_code IS 'Of the establishment.';

CREATE FUNCTION public.establishment_year_json(y public.establishment_year) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', y.id, 'version', y.version, 'establishment_id', y.establishment_id, 'year', y.year,
    'revenue_vnd', y.revenue_vnd, 'capital_vnd', y.capital_vnd, 'tax_paid_vnd', y.tax_paid_vnd, 'export_vnd', y.export_vnd,
    'employees_count', y.employees_count, 'employees_female_count', y.employees_female_count, 'source', y.source,
    'organisation_id', y.organisation_id, 'province_code', y.province_code, 'note', y.note,
    'created_at', instant(y.created_at), 'created_by', y.created_by,
    'updated_at', instant(y.updated_at), 'updated_by', y.updated_by)
$$;

CREATE FUNCTION public.establishments_of_words(words text, provinces text[]) RETURNS uuid[]
    LANGUAGE sql STABLE
    AS $$
  select coalesce(array_agg(e.id), '{}')
    from establishment e
   where e.deleted_at is null and e.province_code = any (provinces)
     and (e.folded like like_pattern(words) and (same_words(e.name, words) or e.code = words) or e.tax_code = tax_code_normal(words))
$$;

COMMENT ON FUNCTION public.establishments_of_words(words text, provinces text[]) IS 'The caller''s establishments of that name, code or tax code.';

CREATE FUNCTION public.execution_table(record_table text) RETURNS void
    LANGUAGE plpgsql
    AS $_$
begin
  execute format($ddl$
    create table %1$I (
      id uuid primary key default uuidv7(),
      version integer not null default 1,
      project_id uuid constraint %1$s_project_fkey references project,
      project_line_id uuid,
      organisation_id uuid not null constraint %1$s_organisation_fkey references organisation,
      province_code text not null,
      codes_on date not null,
      note text,
      created_at timestamptz not null default now(),
      created_by uuid,
      updated_at timestamptz not null default now(),
      updated_by uuid,
      deleted_at timestamptz,
      constraint %1$s_line_fkey foreign key (project_id, project_line_id) references project_line (project_id, id),
      constraint %1$s_line_of_project check (project_line_id is null or project_id is not null)
    );
    comment on column %1$I.project_line_id is 'The line of the project that it is for.';
    comment on column %1$I.province_code is 'Of the project, as organisation_id and codes_on; without a project, of whoever made it.';
    comment on column %1$I.codes_on is 'Day on whose map province_code is read.';
    select track('%1$s');
    create trigger belongs before insert or update on %1$I
      for each row execute function belongs_to_project();
    create trigger hand_down_owner_to_%1$s after update of organisation_id, province_code, codes_on on project
      for each row execute function hand_down_territory('%1$s');
    create trigger %1$s_refuses_while_referenced before update of deleted_at on project_line
      for each row execute function refuse_while_referenced('%1$s', 'project_line_id');
    create index %1$s_project on %1$I (project_id);
    create index %1$s_line on %1$I (project_line_id);
    create index %1$s_updated on %1$I (updated_at, id);
    create index %1$s_territory on %1$I (province_code);
    create index %1$s_organisation on %1$I (organisation_id);
    alter table %1$I enable row level security;
    alter table %1$I force row level security;
    create policy seen on %1$I for select to kc_api
      using (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid
             or exists (select from project p where p.id = project_id and p.implementer_id = claim('app.organisation_id')::uuid));
    create policy added on %1$I for insert to kc_api
      with check (in_territory(province_code) or project_id is not null and (organisation_id = claim('app.organisation_id')::uuid
             or exists (select from project p where p.id = project_id and p.implementer_id = claim('app.organisation_id')::uuid)));
    create policy changed on %1$I for update to kc_api
      using (in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid
             or exists (select from project p where p.id = project_id and p.implementer_id = claim('app.organisation_id')::uuid));
    grant select, insert, update on %1$I to kc_api;
  $ddl$, record_table);
end
$_$;

COMMENT ON FUNCTION public.execution_table(record_table text) IS 'Makes the table of a record of the execution of a project: whose it is, who sees it, its history.';

CREATE FUNCTION public.extended_to(c public.certificate, act jsonb, on_day date) RETURNS date
    LANGUAGE sql STABLE
    AS $$
  select coalesce((act ->> 'valid_to')::date, c.valid_to + parameter_value('certificate_extension_days', on_day)::integer)
$$;

CREATE FUNCTION public.extension_of(name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
  select lower(substring(name from '\.([^.]+)$'))
$_$;

CREATE FUNCTION public.external_refs_json(of_type text, of_id uuid) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return (
    select coalesce(json_agg(json_build_object('system', e.system, 'ref', e.ref) order by e.system, e.ref), '[]')
      from external_ref e
     where e.record_type = of_type and e.record_id = of_id
       and (e.organisation_id = claim('app.organisation_id')::uuid or in_territory(e.province_code)));
end
$$;

COMMENT ON FUNCTION public.external_refs_json(of_type text, of_id uuid) IS 'The caller''s own keys of the record, and those of his territory.';

CREATE FUNCTION public.fault_if(is_bad boolean, pointer text, code text, params jsonb DEFAULT NULL::jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when is_bad then jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('pointer', pointer, 'code', code, 'params', params)))
    else '[]'
  end
$$;

COMMENT ON FUNCTION public.fault_if(is_bad boolean, pointer text, code text, params jsonb) IS 'A list of one fault, or of none; lists are joined by ||.';

CREATE FUNCTION public.faults_of_row(faults jsonb, place integer) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
  select coalesce(jsonb_agg(f || jsonb_build_object('pointer', '#/rows/' || place || case f ->> 'pointer'
           when '#/activity_code' then '/activities' when '#/establishment_id' then '/beneficiaries' when '#/amount_vnd' then '/central_paid_vnd'
           else substr(f ->> 'pointer', 2) end)), '[]')
    from jsonb_array_elements(faults) f
$$;

CREATE FUNCTION public.figure_of(unit text, indicator_code text, measure text, total numeric, establishments bigint) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select coalesce(case when measure = '2' then establishments::numeric else total end, 0)
$$;

CREATE FUNCTION public.figure_vi(value numeric, measure_unit text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when value is null then '–'
    when measure_unit = 'vnd' then translate(to_char(round(value / 1000000, 1), 'FM999,999,999,999,990.0'), ',.', '.,')
    when value = trunc(value) and measure_unit is distinct from 'percent' then translate(to_char(value, 'FM999,999,999,999,999,990'), ',', '.')
    else translate(to_char(round(value, 1), 'FM999,999,999,999,990.0'), ',.', '.,')
  end
$$;

COMMENT ON FUNCTION public.figure_vi(value numeric, measure_unit text) IS 'As people read it: 3.916,7; money in millions; – for what cannot be told.';

CREATE FUNCTION public.figures_on(e public.establishment, on_day date) RETURNS public.establishment_year
    LANGUAGE sql STABLE
    AS $$
  select y
    from establishment_year y
   where y.establishment_id = e.id and y.deleted_at is null and y.year <= extract(year from on_day)
   order by y.year = extract(year from on_day), y.year desc
   limit 1
$$;

COMMENT ON FUNCTION public.figures_on(e public.establishment, on_day date) IS 'The figures that tell the size on a day: of the last year before it that is known.';

CREATE FUNCTION public.file_faults(name text, declared text, sniffed text, pointer text) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if(not is_file_name(name), pointer || 'file_name', 'file_file_name_form')
      || fault_if(t.media_type is null, pointer || 'media_type', 'file_media_type_fkey')
      || fault_if(t.media_type is not null and coalesce(extension_of(name) <> all (t.extensions), true),
                  pointer || 'file_name', 'file_name_extension',
                  jsonb_build_object('expected', array_to_string(t.extensions, ', '), 'media_type', t.media_type))
      || fault_if(sniffed <> all (t.seen_as), pointer || 'media_type', 'file_type_differs',
                  jsonb_build_object('declared', t.media_type, 'seen', sniffed))
    from (select declared_type(name, declared)) d (media_type)
    left join file_type t on t.media_type = d.media_type
$$;

COMMENT ON FUNCTION public.file_faults(name text, declared text, sniffed text, pointer text) IS 'What is wrong with a name, a declared type and, when it is known, what the first bytes look like.';

CREATE FUNCTION public.is_file_name(name text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
  select name is normalized and octet_length(name) between 1 and 255
     and name !~ '[\u0001-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff/\\:*?"<>|]'
     and name !~ '^[. ]|[. ]$'
$_$;

COMMENT ON FUNCTION public.is_file_name(name text) IS 'NFC, without control characters, parts of a path or marks that hide how it ends.';

CREATE TABLE public.file (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    status text NOT NULL,
    file_name text NOT NULL,
    media_type text NOT NULL,
    size_bytes bigint NOT NULL,
    sha256 text NOT NULL,
    scan_status text DEFAULT 'not_scanned'::text NOT NULL,
    taken_at timestamp with time zone,
    latitude double precision,
    longitude double precision,
    retention_until date,
    organisation_id uuid NOT NULL,
    province_code text,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    folded text GENERATED ALWAYS AS (public.fold(file_name)) STORED,
    CONSTRAINT file_file_name_form CHECK (public.is_file_name(file_name)),
    CONSTRAINT file_position_whole CHECK (((latitude IS NULL) = (longitude IS NULL))),
    CONSTRAINT file_scan_status_known CHECK ((scan_status = ANY (ARRAY['not_scanned'::text, 'clean'::text, 'infected'::text]))),
    CONSTRAINT file_sha256_form CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT file_size_bytes_positive CHECK ((size_bytes > 0)),
    CONSTRAINT file_status_known CHECK ((status = ANY (ARRAY['open'::text, 'complete'::text])))
);

ALTER TABLE ONLY public.file FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.file IS 'A file (tệp): the bytes of a paper, a photo, a table. It belongs to the organisation that sent it, and is seen with the records that cite it.';

COMMENT ON COLUMN public.file.status IS 'open: waits for its parts; complete: all there, with the declared digest, and unchangeable.';

COMMENT ON COLUMN public.file.media_type IS 'As declared, and not contradicted by the first bytes.';

COMMENT ON COLUMN public.file.sha256 IS 'Of all bytes, in lower-case hex; of an open file, what the sender has declared.';

COMMENT ON COLUMN public.file.scan_status IS 'What a virus scanner said: not_scanned, clean or infected.';

COMMENT ON COLUMN public.file.taken_at IS 'When a photo was taken; latitude and longitude where (WGS 84).';

COMMENT ON COLUMN public.file.retention_until IS 'Day until which it must be kept.';

CREATE FUNCTION public.file_json(f public.file) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', f.id,
    'version', f.version,
    'status', f.status,
    'file_name', f.file_name,
    'media_type', f.media_type,
    'size_bytes', f.size_bytes,
    'received_bytes', (select c.received_bytes from file_content c where c.id = f.id),
    'sha256', f.sha256,
    'scan_status', f.scan_status,
    'taken_at', instant(f.taken_at),
    'latitude', f.latitude,
    'longitude', f.longitude,
    'retention_until', f.retention_until,
    'is_cited', exists (select from file_citation c where c.file_id = f.id),
    'organisation_id', f.organisation_id,
    'province_code', f.province_code,
    'note', f.note,
    'created_at', instant(f.created_at),
    'created_by', f.created_by,
    'updated_at', instant(f.updated_at),
    'updated_by', f.updated_by)
$$;

CREATE FUNCTION public.file_readable(f public.file, provinces text[], own_organisation uuid, scopes text) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select f.organisation_id = own_organisation
      or (f.province_code = any (provinces) and not exists (select from file_citation c where c.file_id = f.id))
      or exists (
           select from file_citation c
            where c.file_id = f.id and (scopes is null or scope_to_read(c.record_type) = any (string_to_array(scopes, ' ')))
              and (c.organisation_id = own_organisation or c.province_code = any (provinces)
                   or (c.record_type = 'programme' and c.province_code is null)
                   or exists (select from project p
                               where c.record_type = 'project' and p.id = c.record_id and p.implementer_id = own_organisation)))
$$;

COMMENT ON FUNCTION public.file_readable(f public.file, provinces text[], own_organisation uuid, scopes text) IS 'Files of the own organisation; what nobody cites yet, in the own territory; else with the record that cites them, for whoever may read such records (scopes null: not asked).';

CREATE FUNCTION public.file_summary_json(f public.file) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', f.id,
    'version', f.version,
    'status', f.status,
    'file_name', f.file_name,
    'media_type', f.media_type,
    'size_bytes', f.size_bytes,
    'sha256', f.sha256,
    'is_cited', exists (select from file_citation c where c.file_id = f.id),
    'organisation_id', f.organisation_id,
    'province_code', f.province_code,
    'updated_at', instant(f.updated_at))
$$;

CREATE FUNCTION public.file_writable(f public.file, provinces text[], own_organisation uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select f.organisation_id = own_organisation or f.province_code = any (provinces)
$$;

CREATE FUNCTION public.former_name(p public.project, day date) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select labelled_place(report_label('province', project_province(p.province_code, p.codes_on, p.places, day), day),
                        report_label('province', recorded_province(p.province_code, p.codes_on), null))
$$;

COMMENT ON FUNCTION public.former_name(p public.project, day date) IS 'The province on a map, with the name under which the project was recorded where that was another.';

CREATE FUNCTION public.found(q text, q_mode text, folded text, words text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select case
    when q_mode = 'similar' then folded like like_pattern(q) or fold(q) <% folded
    when q_mode = 'exact' then folded like like_pattern(q) and position(with_marks(q) in with_marks(words)) > 0
    else folded like like_pattern(q)
  end
$$;

COMMENT ON FUNCTION public.found(q text, q_mode text, folded text, words text) IS 'Is q in the words? q_mode exact: with its marks; similar: or something spelled alike; else without marks.';

CREATE FUNCTION public."freeze"(new_id uuid, of_type text, of_id uuid, of_version integer, by_transition uuid) RETURNS void
    LANGUAGE plpgsql
    AS $_$
declare
  body text;
begin
  execute format('select canonical_json(%I($1))', of_type || '_snapshot') into body using of_id;
  insert into snapshot (id, record_type, record_id, record_version, transition_id, sha256, body, organisation_id, province_code)
  select new_id, of_type, of_id, of_version, by_transition, encode(sha256(convert_to(body, 'UTF8')), 'hex'), body,
         t.organisation_id, t.province_code
    from transition t
   where t.id = by_transition;
end
$_$;

COMMENT ON FUNCTION public."freeze"(new_id uuid, of_type text, of_id uuid, of_version integer, by_transition uuid) IS 'Freezes what <record type>_snapshot(id) gives.';

CREATE FUNCTION public.frozen_faults(of_type text, of_status text, members text[]) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select coalesce(jsonb_agg(jsonb_build_object('pointer', '#/' || member, 'code', 'g10_frozen', 'params',
           jsonb_build_object('status_label', jsonb_build_object('vi', s.label_vi, 'en', s.label_en)))), '[]')
    from unnest(members) member
    left join public.record_status s on (s.record_type, s.status) = (of_type, of_status)
$$;

CREATE FUNCTION public.frozen_part(shown json) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select shown::jsonb - array['allowed_actions', 'external_refs', 'current']
$$;

CREATE FUNCTION public.group_by_checked(wanted text, known text[]) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
  if wanted <> all (known) then
    raise exception using errcode = 'PT400', message = 'invalid-parameter',
      detail = jsonb_build_array(jsonb_build_object('parameter', 'group_by', 'code', 'enum', 'params', jsonb_build_object('allowed', array_to_string(known, ', '))));
  end if;
  return coalesce(wanted, known[1]);
end
$$;

COMMENT ON FUNCTION public.group_by_checked(wanted text, known text[]) IS 'One of these, the first when nothing was asked: a report to be frozen is asked in the words of all of them.';

CREATE FUNCTION public.gtin_valid(gtin text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
  select gtin ~ '^([0-9]{8}|[0-9]{12,14})$' and (
    -- From the right: the check digit, then weights 3, 1, 3, 1 …
    select sum(substr(reverse(gtin), place, 1)::integer * case place % 2 when 0 then 3 else 1 end) % 10 = 0
      from generate_series(1, length(gtin)) place)
$_$;

COMMENT ON FUNCTION public.gtin_valid(gtin text) IS 'GTIN-8, 12, 13 or 14 with the right check digit.';

CREATE FUNCTION public.guard_adjustment_above_contracted(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select coalesce(jsonb_agg(guard_fault('#/items/' || sums.place || '/after/support_vnd', 'g1_adjusted_below_contracted', 'G1',
           jsonb_build_object('project_code', p.code, 'year', d.year, 'after_vnd', sums.assigned, 'contracted_vnd', sums.contracted)) order by sums.place), '[]')
    from plan_adjustment d
   cross join jsonb_array_elements(d.items) with ordinality listed (entry, n)
    join annual_plan_item i on i.id = (entry ->> 'item_id')::uuid
    join project p on p.id = i.project_id
   cross join lateral (
     select n - 1 as place, (money_of(p.id, of_year => d.year)).contracted,
            assigned_vnd(p.id, d.year) - i.support_vnd + (entry #>> '{after,support_vnd}')::bigint as assigned) sums
   where d.id = record_id and not (entry #>> '{after,is_stopped}')::boolean
     and (entry #>> '{after,support_vnd}')::bigint < i.support_vnd and sums.assigned < sums.contracted
$$;

COMMENT ON FUNCTION public.guard_adjustment_above_contracted(record_id uuid, act jsonb, on_day date) IS 'G1: what is contracted stays assigned; who takes it away stops the item, or ends contracts first.';

CREATE FUNCTION public.guard_adjustment_before_acceptance(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select coalesce(jsonb_agg(fault), '[]')
    from plan_adjustment d
   cross join jsonb_array_elements(d.items) with ordinality listed (entry, n)
    join project p on p.id = (entry ->> 'project_id')::uuid
   cross join jsonb_array_elements(fault_if(p.status in ('accepted', 'settling', 'settled', 'closed'), '#/items/' || n - 1,
     'g10_adjustment_before_acceptance', jsonb_build_object('project_code', p.code))) as fault
   where d.id = record_id
$$;

CREATE FUNCTION public.guard_adjustment_current(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  d plan_adjustment;
begin
  select * into d from plan_adjustment a where a.id = record_id;
  return fault_if(not exists (select from annual_plan a where a.id = d.annual_plan_id and a.status in ('assigned', 'executing', 'settling')),
           '#/annual_plan_id', 'plan_adjustment_plan_assigned')
    || coalesce((select jsonb_agg(fault)
                   from jsonb_array_elements(stale_adjustment_items(d)) stale,
                        jsonb_array_elements(fault_if(true, '#/items/' || (stale ->> 'place') || '/before', 'plan_adjustment_before_changed',
                          jsonb_build_object('before_vnd', stale -> 'before_vnd', 'current_vnd', stale -> 'current_vnd'))) as fault), '[]');
end
$$;

COMMENT ON FUNCTION public.guard_adjustment_current(record_id uuid, act jsonb, on_day date) IS 'The plan is assigned, and its items are still what the adjustment says they were.';

CREATE FUNCTION public.guard_certificate_authority(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if(tier_rank(claim('app.tier')) > tier_rank(c.tier), '#/action', 'certificate_lower_authority', jsonb_build_object('tier', c.tier))
    from certificate c where c.id = record_id
$$;

COMMENT ON FUNCTION public.guard_certificate_authority(record_id uuid, act jsonb, on_day date) IS 'A certificate is moved on by an authority of its tier or above: districts are gone, and their certificates are the province''s.';

CREATE FUNCTION public.guard_certificate_extension(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if(rule.id is null or c.valid_to is null, '#/action', 'certificate_no_extension')
    || fault_if(asked <= c.valid_to or asked > c.valid_to + rule.value::integer, '#/valid_to', 'certificate_extension_range',
         jsonb_build_object('days', rule.value, 'valid_to', c.valid_to))
    || fault_if(exists (select from transition t where t.record_type = 'certificate' and t.record_id = c.id and t.action = 'extend'),
         '#/action', 'certificate_extended_before')
    from certificate c
    left join parameter_on('certificate_extension_days', on_day) rule on true
   cross join extended_to(c, act, on_day) asked
   where c.id = record_id
$$;

COMMENT ON FUNCTION public.guard_certificate_extension(record_id uuid, act jsonb, on_day date) IS 'Once, by as many days as the text in force on the day allows.';

CREATE FUNCTION public.guard_certificate_ground(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if(not exists (
           select from revocation_ground g
            where g.code = act ->> 'ground_code' and coalesce(g.scheme, c.scheme) = c.scheme
              and on_day >= g.valid_from and (g.valid_to is null or on_day <= g.valid_to)), '#/ground_code', 'certificate_ground_needed')
    from certificate c where c.id = record_id
$$;

CREATE FUNCTION public.guard_certificate_running(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if(certificate_status(c, on_day) = 'expired', '#/action', 'certificate_has_expired', jsonb_build_object('valid_to', c.valid_to))
    from certificate c where c.id = record_id
$$;

CREATE FUNCTION public.guard_certificate_successor(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if(not exists (
           select from certificate n
            where n.id = (act ->> 'replaced_by_id')::uuid and n.id <> c.id and n.scheme = c.scheme and n.product_id = c.product_id
              and n.deleted_at is null and n.status = 'valid' and n.issued_on >= c.issued_on),
           '#/replaced_by_id', 'certificate_successor_needed')
    from certificate c where c.id = record_id
$$;

COMMENT ON FUNCTION public.guard_certificate_successor(record_id uuid, act jsonb, on_day date) IS 'A valid certificate of the same product that was not issued before this one.';

CREATE FUNCTION public.guard_contract_settled(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  c contract;
  s money_sums;
  payable bigint;
begin
  select k.* into c from contract k where k.id = record_id;
  if c.parent_id is not null then
    return '[]';
  end if;
  s := money_of(c.project_id, of_contract => c.id);
  payable := (select sum(t.payable_vnd) from settlement t
               where t.project_id = c.project_id and t.status = 'approved' and t.deleted_at is null
                 and t.year = c.year and t.source = c.source and (c.line_id is null or t.line_id = c.line_id or t.line_id is null));
  return guard_if(payable is null, '#/status', 'contract_has_settlement', 'G3')
    || guard_if(s.paid - s.recovered <> payable, '#/status', 'contract_is_square', 'G3', jsonb_build_object(
         'payable_vnd', payable, 'paid_vnd', s.paid, 'recovered_vnd', s.recovered));
end
$$;

COMMENT ON FUNCTION public.guard_contract_settled(record_id uuid, act jsonb, on_day date) IS 'A contract is closed out (thanh lý) when what its settlements found payable has been paid, no more and no less.';

CREATE FUNCTION public.guard_decision_given(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
  select fault_if(not exists (select from jsonb_array_elements(coalesce(nullif(act -> 'documents', 'null'), '[]')) document
                               where document ->> 'kind' in ('decision', 'resolution') and document ->> 'document_no' is not null),
           '#/documents', 'decision_given')
$$;

COMMENT ON FUNCTION public.guard_decision_given(record_id uuid, act jsonb, on_day date) IS 'The act cites a decision by its number.';

CREATE FUNCTION public.guard_fault(pointer text, code text, guard text, figures jsonb DEFAULT '{}'::jsonb, legal_basis text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
  select jsonb_strip_nulls(jsonb_build_object('pointer', pointer, 'code', code, 'legal_basis', legal_basis, 'enforcement', 'block',
    'params', figures || jsonb_build_object('guard', guard)))
$$;

CREATE FUNCTION public.guard_faults(guards text[], of_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $_$
declare
  faults jsonb := '[]';
  said jsonb;
  guard text;
begin
  foreach guard in array guards loop
    execute format('select %I($1, $2, $3)', 'guard_' || guard) into said using of_id, act, on_day;
    faults := faults || coalesce(said, '[]');
  end loop;
  return faults;
end
$_$;

CREATE FUNCTION public.guard_final(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if(true, '#/action', 'act_is_final')
$$;

COMMENT ON FUNCTION public.guard_final(record_id uuid, act jsonb, on_day date) IS 'For correct_guards: what the act set off cannot be taken back.';

CREATE FUNCTION public.guard_findings_remedied(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select coalesce(jsonb_agg(fault order by n), '[]')
    from inspection i
   cross join jsonb_array_elements(i.findings) with ordinality listed (finding, n)
   cross join jsonb_array_elements(fault_if(finding ->> 'status' = 'open', '#/findings/' || n - 1, 'inspection_finding_open',
           jsonb_build_object('description', finding ->> 'description', 'due_on', coalesce(finding ->> 'due_on', '–')))) fault
   where i.id = record_id
$$;

CREATE FUNCTION public.guard_g11_acceptance_witnessed(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select guard_if(not exists (select from jsonb_array_elements(a.members) m where m ->> 'role' not in ('implementer', 'beneficiary')
                                and ((m ->> 'organisation_id')::uuid = p.implementer_id) is not true),
           '#/members', 'g11_accepted_by_others', 'G11')
    from acceptance a
    join project p on p.id = a.project_id
   where a.id = record_id
$$;

CREATE FUNCTION public.guard_g11_accepted_by_other(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if(p.implementer_id = claim('app.organisation_id')::uuid, '#/action', 'g11_accepted_by_implementer',
           jsonb_build_object('implementer', o.name))
    from project p
    left join organisation o on o.id = p.implementer_id
   where p.id = record_id
$$;

COMMENT ON FUNCTION public.guard_g11_accepted_by_other(record_id uuid, act jsonb, on_day date) IS 'Acceptance is not signed by the implementer alone.';

CREATE FUNCTION public.guard_g11_appraised(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if(not exists (
             select from appraisal a
              where a.project_id = p.id and a.deleted_at is null and a.status = 'signed' and a.tier = asked.tier
                and a.result in ('passed', 'passed_with_conditions')
                and (last_act('appraisal', a.id)).recorded_at >= coalesce((select max(t.recorded_at) from transition t
                      where t.record_type = 'project' and t.record_id = p.id and t.action = 'submit'), '-infinity')),
           '#/action', 'g11_appraisal_signed', jsonb_build_object('tier', asked.label))
    from project p
   cross join lateral (
     select case when p.status = 'central_appraising' then 'central' else 'base' end as tier,
            case when p.status = 'central_appraising' then '{"vi": "cấp Bộ", "en": "central"}'::jsonb
                 else '{"vi": "cấp cơ sở", "en": "base"}' end as label) asked
   where p.id = record_id
$$;

COMMENT ON FUNCTION public.guard_g11_appraised(record_id uuid, act jsonb, on_day date) IS 'A project passes by a signed appraisal of its tier that let it pass.';

CREATE FUNCTION public.guard_g11_appraiser_is_other(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if(coalesce(acting_person(), claim('app.client_id')::uuid) = any (authors_of('project', a.project_id)),
           '#/action', 'g11_appraiser_is_author')
    from appraisal a
   where a.id = record_id
$$;

COMMENT ON FUNCTION public.guard_g11_appraiser_is_other(record_id uuid, act jsonb, on_day date) IS 'Who signs the appraisal neither made the project nor handed it in.';

CREATE FUNCTION public.guard_g1_contract_signed(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select guard_if(not exists (select from contract c where c.project_id = record_id and c.status = 'signed' and c.deleted_at is null),
           '#/contracts', 'g1_contract_signed', 'G1')
$$;

COMMENT ON FUNCTION public.guard_g1_contract_signed(record_id uuid, act jsonb, on_day date) IS 'A contract is signed. That it keeps to what was assigned was asked when it was (project_entry_faults).';

CREATE FUNCTION public.guard_g2_payment_covered(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select payment_faults(r) from payment_request r where r.id = record_id
$$;

CREATE FUNCTION public.guard_g3(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select norm_faults(record_id, on_day)
$$;

CREATE FUNCTION public.guard_g4(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  with line as (
    select c.line_no, (c.line).*, coalesce((select sum(f.amount_vnd) from project_funding f
             where f.line_id = (c.line).id and f.deleted_at is null and f.source in ('integrated', 'foreign', 'other')), 0)::bigint as other_vnd
      from checked_lines(record_id) c
  ), found as (
    select l.line_no, overridden(jsonb_build_array(line_fault('g4', 'guard_g4_line_sum', l.line_no, 'eligible_cost_vnd',
             format('Hạng mục "%s": hỗ trợ %s, đối ứng %s, nguồn khác %s, cộng lại khác tổng chi phí %s.', l.title, dong(l.support_vnd, 'vi'),
               coalesce(dong(l.counterpart_vnd, 'vi'), 'chưa ghi'), dong(l.other_vnd, 'vi'), coalesce(dong(l.eligible_cost_vnd, 'vi'), 'chưa ghi')),
             format('Line "%s": support %s, counterpart %s and other sources %s do not add up to its cost, %s.', l.title, dong(l.support_vnd, 'en'),
               coalesce(dong(l.counterpart_vnd, 'en'), 'missing'), dong(l.other_vnd, 'en'), coalesce(dong(l.eligible_cost_vnd, 'en'), 'missing')),
             r.legal_basis, r.certainty, r.enforcement,
             jsonb_build_object('line_id', l.id, 'support_vnd', l.support_vnd, 'counterpart_vnd', l.counterpart_vnd, 'other_vnd', l.other_vnd,
               'eligible_cost_vnd', l.eligible_cost_vnd))), l.id, 'g4', on_day) as faults
      from line l
      join check_rules('g4', on_day) r on r.kind = 'line_sum'
     where l.support_vnd is not null
       and l.support_vnd + coalesce(l.counterpart_vnd, 0) + l.other_vnd is distinct from l.eligible_cost_vnd
  ), total as (
    select jsonb_build_object('pointer', '#/support_vnd', 'code', 'guard_g4_support_sum', 'params', jsonb_build_object('guard', 'G4',
             'line_support_vnd', s.lines, 'support_vnd', p.support_vnd, 'member', jsonb_build_object(
               'vi', format('Hỗ trợ của các hạng mục cộng lại là %s, của đề án là %s.', dong(s.lines, 'vi'), dong(p.support_vnd, 'vi')),
               'en', format('The support of the lines adds up to %s, that of the project is %s.', dong(s.lines, 'en'), dong(p.support_vnd, 'en')))),
             'legal_basis', r.legal_basis, 'certainty', r.certainty, 'enforcement', r.enforcement) as fault
      from project p
     cross join (select coalesce(sum(l.support_vnd), 0)::bigint as lines from line l) s
      join check_rules('g4', on_day) r on r.kind = 'support_sum'
     where p.id = record_id and p.scale is distinct from 'key' -- its money is in its parts
       and s.lines <> p.support_vnd
  )
  select coalesce((select jsonb_agg(fault order by f.line_no) from found f, jsonb_array_elements(f.faults) fault), '[]')
      || coalesce((select jsonb_agg(t.fault) from total t), '[]')
$$;

CREATE FUNCTION public.guard_g5(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select coalesce(jsonb_agg(fault order by c.line_no, m.project_code), '[]')
    from checked_lines(record_id) c
   cross join lateral duplicate_matches((c.line).establishment_id, null, (c.line).activity_code, line_items(c.line), record_id) m
    join check_rules('g5', on_day) r on r.kind = case when 'same_item' = any (m.reasons) then 'same_item' else 'same_activity' end
   cross join lateral jsonb_array_elements(overridden(jsonb_build_array(line_fault('g5', 'guard_g5_' || r.kind, c.line_no, 'establishment_id',
           format(case r.kind when 'same_item' then 'Hạng mục "%s": cơ sở đã được hỗ trợ cùng nội dung, cùng hạng mục trong đề án %s (năm %s, tỉnh %s).'
                  else 'Hạng mục "%s": cơ sở đã được hỗ trợ cùng nội dung trong đề án %s (năm %s, tỉnh %s).' end,
             (c.line).title, m.project_code, coalesce(m.year::text, 'chưa rõ'), m.province_code),
           format(case r.kind when 'same_item' then 'Line "%s": the establishment has support for the same activity and item in project %s (year %s, province %s).'
                  else 'Line "%s": the establishment has support for the same activity in project %s (year %s, province %s).' end,
             (c.line).title, m.project_code, coalesce(m.year::text, 'unknown'), m.province_code),
           r.legal_basis, r.certainty, r.enforcement,
           jsonb_build_object('line_id', (c.line).id, 'project_code', m.project_code, 'year', m.year, 'province_code', m.province_code))),
         (c.line).id, 'g5', on_day)) fault
   where (c.line).establishment_id is not null and (c.line).activity_code is not null
$$;

CREATE FUNCTION public.guard_g6(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  with checked as (
    select c.line_no, c.line, e.name, e.place ->> 'commune_code' as commune_code, v.kind, v.found, v.name_vi, v.name_en, v.settled, v.is_declared, r.accepted, coalesce(v.legal_basis, r.legal_basis) as basis, r.certainty,
           coalesce(v.strictness, r.enforcement) as enforcement
      from checked_lines(record_id) c
      join establishment e on e.id = (c.line).establishment_id
     cross join lateral eligibility_of(e, on_day) v
      join check_rules('g6', on_day) r on r.kind = v.kind
     where not coalesce((c.line).activity_code = any (r.except_activities), false)
  ), found as (
    select k.line_no, k.line, k.kind, case
        when k.found is null and k.settled is null then line_fault('g6', 'guard_g6_unknown', k.line_no, 'establishment_id',
          format('Hạng mục "%s": chưa ghi %s của cơ sở "%s" nên chưa xét được điều kiện hỗ trợ.', (k.line).title, k.name_vi, k.name),
          format('Line "%s": %s of the establishment "%s" is not recorded, so whether it may be supported is not known.', (k.line).title, k.name_en, k.name),
          k.basis, k.certainty, 'warn', jsonb_build_object('line_id', (k.line).id, 'kind', k.kind))
        when k.settled is false then line_fault('g6', 'guard_g6_area', k.line_no, 'establishment_id',
          format('Hạng mục "%s": địa bàn của cơ sở "%s" không thuộc địa bàn được hỗ trợ theo %s.', (k.line).title, k.name, k.basis),
          format('Line "%s": the area of the establishment "%s" is not among those supported by %s.', (k.line).title, k.name, k.basis),
          k.basis, k.certainty, k.enforcement, jsonb_build_object('line_id', (k.line).id, 'kind', k.kind, 'commune_code', k.commune_code))
        else line_fault('g6', 'guard_g6_' || k.kind, k.line_no, 'establishment_id',
          format('Hạng mục "%s": cơ sở "%s" có %s là "%s", không thuộc đối tượng được hỗ trợ (%s).', (k.line).title, k.name, k.name_vi, k.found, array_to_string(k.accepted, ', ')),
          format('Line "%s": %s of the establishment "%s" is "%s", which is not among those supported (%s).', (k.line).title, k.name_en, k.name, k.found, array_to_string(k.accepted, ', ')),
          k.basis, k.certainty, k.enforcement, jsonb_build_object('line_id', (k.line).id, 'kind', k.kind, 'found', k.found))
      end as fault
      from checked k
     where not coalesce(k.settled, k.found = any (k.accepted), false)
    union all
    select k.line_no, k.line, 'size_declared', line_fault('g6', 'guard_g6_size_declared', k.line_no, 'establishment_id',
             format('Hạng mục "%s": quy mô "%s" của cơ sở "%s" là theo kê khai; số liệu năm chưa đủ để xác định quy mô vào ngày %s.', (k.line).title, k.found, k.name, to_char(on_day, 'DD/MM/YYYY')),
             format('Line "%s": the size "%s" of the establishment "%s" is the declared one; yearly figures do not tell it for %s.', (k.line).title, k.found, k.name, on_day),
             k.basis, k.certainty, 'warn', jsonb_build_object('line_id', (k.line).id, 'kind', 'size_class', 'found', k.found))
      from checked k
     where k.is_declared and k.found = any (k.accepted)
  )
  select coalesce(jsonb_agg(fault order by f.line_no, f.kind), '[]')
    from found f
   cross join lateral jsonb_array_elements(overridden(jsonb_build_array(f.fault), (f.line).id, 'g6', on_day)) fault
$$;

CREATE FUNCTION public.guard_g7_accepted_in_term(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select guard_if(ends_on is null, '#/line_id', 'g7_contract_signed', 'G7')
      || guard_if(a.accepted_on > ends_on, '#/accepted_on', 'g7_accepted_in_term', 'G7', jsonb_build_object(
           'accepted_on', a.accepted_on, 'ends_on', ends_on))
    from acceptance a
   cross join contract_end(a.project_id, a.line_id) ends_on
   where a.id = record_id
$$;

CREATE FUNCTION public.guard_g7_lines_accepted(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select guard_if(not exists (select from project_line l where l.project_id = record_id and l.deleted_at is null
                                and l.status in ('accepted', 'settled'))
               or exists (select from project_line l where l.project_id = record_id and l.deleted_at is null
                            and l.status not in ('accepted', 'settled', 'removed')),
           '#/lines', 'g7_lines_accepted', 'G7', jsonb_build_object('titles', (
             select coalesce(jsonb_agg(l.title order by l.created_at, l.id), '[]') from project_line l
              where l.project_id = record_id and l.deleted_at is null and l.status not in ('accepted', 'settled', 'removed'))))
$$;

COMMENT ON FUNCTION public.guard_g7_lines_accepted(record_id uuid, act jsonb, on_day date) IS 'Each line is accepted or was removed by a decision; each acceptance was held to its contract''s term (guard_g7_accepted_in_term).';

CREATE FUNCTION public.guard_g9_advances_settled(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  s constant money_sums := money_of(record_id);
  payable constant bigint := (select coalesce(sum(t.payable_vnd), 0) from settlement t
                               where t.project_id = record_id and t.status = 'approved' and t.deleted_at is null);
begin
  return guard_if(s.paid - s.recovered > payable, '#/status', 'g9_advances_settled', 'G9', jsonb_build_object(
    'paid_vnd', s.paid, 'recovered_vnd', s.recovered, 'payable_vnd', payable));
end
$$;

CREATE FUNCTION public.guard_if(is_broken boolean, pointer text, code text, guard text, figures jsonb DEFAULT '{}'::jsonb, legal_basis text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
  select case when is_broken then jsonb_build_array(guard_fault(pointer, code, guard, figures, legal_basis)) else '[]' end
$$;

CREATE FUNCTION public.guard_inspected(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if(i.inspected_on is null, '#/inspected_on', 'inspection_day_given') from inspection i where i.id = record_id
$$;

CREATE FUNCTION public.guard_items_appraised(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select coalesce(jsonb_agg(jsonb_build_object('pointer', '#/action', 'code', 'plan_item_appraised',
           'params', jsonb_build_object(
             'project_code', u.project_code, 'status_label', jsonb_build_object('vi', s.label_vi, 'en', s.label_en),
             'member', jsonb_build_object('vi', 'đề án ' || u.project_code || ' đạt thẩm định', 'en', 'appraisal of project ' || u.project_code)),
           'legal_basis', (u.asked).legal_basis, 'certainty', (u.asked).certainty, 'enforcement', (u.asked).enforcement) order by u.project_code), '[]')
    from unappraised_items(record_id, on_day) u
    join record_status s on s.record_type = 'project' and s.status = u.project_status
$$;

COMMENT ON FUNCTION public.guard_items_appraised(record_id uuid, act jsonb, on_day date) IS 'A plan is assigned when all its projects have passed their appraisal.';

CREATE FUNCTION public.guard_programme_version_proposed(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if(not exists (select from programme_version v
                               where v.programme_id = record_id and v.status = 'proposed' and v.deleted_at is null),
           '#/action', 'programme_version_proposed')
      || fault_if(exists (select from programme_version v
                           where v.programme_id = record_id and v.status = 'in_force' and v.valid_from > on_day),
           '#/acted_on', 'programme_version_later', jsonb_build_object('valid_from', (
             select max(v.valid_from) from programme_version v where v.programme_id = record_id and v.status = 'in_force')))
$$;

COMMENT ON FUNCTION public.guard_programme_version_proposed(record_id uuid, act jsonb, on_day date) IS 'There is a proposal to decide on, and the decision is not older than the one in force.';

CREATE FUNCTION public.guard_project_contracts_ended(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select guard_if(exists (select from contract c where c.project_id = record_id and c.status = 'signed' and c.deleted_at is null),
           '#/contracts', 'g1_contracts_ended', 'G1')
$$;

CREATE FUNCTION public.guard_project_settled(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  s constant money_sums := money_of(record_id);
  payable constant bigint := (select coalesce(sum(t.payable_vnd), 0) from settlement t
                               where t.project_id = record_id and t.status = 'approved' and t.deleted_at is null);
begin
  return guard_if(exists (select from settlement t where t.project_id = record_id and t.status <> 'approved' and t.deleted_at is null)
               or not exists (select from settlement t where t.project_id = record_id and t.deleted_at is null),
           '#/settlements', 'g3_settlements_approved', 'G3')
    || guard_if(s.paid - s.recovered <> payable, '#/settlements', 'contract_is_square', 'G3', jsonb_build_object(
         'payable_vnd', payable, 'paid_vnd', s.paid, 'recovered_vnd', s.recovered));
end
$$;

CREATE FUNCTION public.guard_project_stopped_in_plan(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if(
    count(*) filter (where i.is_stopped) = 0 or count(*) filter (where not i.is_stopped) > 0, '#/action', 'g8_project_stopped_in_plan',
    jsonb_build_object('stopped_count', count(*) filter (where i.is_stopped), 'live_count', count(*) filter (where not i.is_stopped)))
    from annual_plan_item i
    join annual_plan a on a.id = i.annual_plan_id
   where i.project_id = record_id and i.deleted_at is null and a.deleted_at is null and plan_is_assigned(a.status)
$$;

COMMENT ON FUNCTION public.guard_project_stopped_in_plan(record_id uuid, act jsonb, on_day date) IS 'G8: a project is stopped after an approved adjustment has stopped it in each plan that it was assigned in.';

CREATE FUNCTION public.guard_settlement_contracted(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select guard_if(t.contracted_vnd = 0, '#/line_id', 'g3_settlement_of_contract', 'G3', jsonb_build_object('year', t.year))
    from settlement t
   where t.id = record_id
$$;

CREATE FUNCTION public.guard_voting_decision_named(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
  select fault_if(not exists (select from jsonb_array_elements(act -> 'documents') x where x ->> 'kind' = 'decision' and x ->> 'document_no' is not null),
           '#/documents', 'voting_decision_named')
$$;

CREATE FUNCTION public.guard_voting_lower_certificate(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if(voting_lower_tier(d.tier) is not null and not coalesce(
           certificate_status(c, on_day) = 'valid' and c.deleted_at is null and c.tier = voting_lower_tier(d.tier), false),
           '#/previous_certificate_id', 'voting_lower_certificate', jsonb_build_object('tier', voting_lower_tier(d.tier)))
    from voting_entry e
    join voting_round d on d.id = e.round_id
    left join certificate c on c.id = e.previous_certificate_id
   where e.id = record_id
$$;

CREATE FUNCTION public.guard_voting_min_score(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if(not case g.score_operator when 'gte' then e.score >= g.min_score else e.score > g.min_score end, '#/action', 'voting_min_score',
           jsonb_build_object('score', e.score, 'min_score', g.min_score,
             'operator', case g.score_operator when 'gte' then '{"vi": "từ", "en": "at least"}'::jsonb else '{"vi": "trên", "en": "more than"}' end))
    from voting_entry e join voting_round d on d.id = e.round_id join voting_regulation g on g.id = d.regulation_id
   where e.id = record_id
$$;

CREATE FUNCTION public.guard_voting_quota(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if(count(other.id) >= d.quota, '#/action', 'voting_quota', jsonb_build_object('quota', d.quota, 'ahead_count', count(other.id)))
    from voting_entry e
    join voting_round d on d.id = e.round_id
    left join voting_entry other on other.round_id = d.id and other.id <> e.id and other.deleted_at is null
     and (other.status in ('selected', 'certified') or other.status = 'judged' and other.score > e.score)
   where e.id = record_id
   group by d.id
$$;

CREATE FUNCTION public.guard_voting_round_above(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if(r.above is null, '#/action', 'voting_round_above')
      || fault_if(exists (select from voting_entry n where n.round_id = r.above and n.product_id = e.product_id and n.deleted_at is null and n.status <> 'withdrawn'),
           '#/action', 'voting_nominated_already')
    from voting_entry e cross join lateral (select voting_round_above(e.id) as above) r where e.id = record_id
$$;

CREATE FUNCTION public.guard_voting_round_open(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if(d.status <> 'open', '#/action', 'voting_round_open', jsonb_build_object('round_status', d.status))
    from voting_entry e join voting_round d on d.id = e.round_id where e.id = record_id
$$;

CREATE FUNCTION public.guard_voting_sheets_in(record_id uuid, act jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if(s.seats_count = 0 or s.sheets_count < s.seats_count, '#/action', 'voting_sheets_in',
           jsonb_build_object('seats_count', s.seats_count, 'sheets_count', s.sheets_count))
    from voting_sheets(record_id) s
$$;

CREATE FUNCTION public.hand_down_owner() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
begin
  if (old.organisation_id, old.province_code) is distinct from (new.organisation_id, new.province_code) then
    execute format('update %I set organisation_id = $1, province_code = $2 where %I = $3', tg_argv[0], tg_argv[1])
      using new.organisation_id, new.province_code, new.id;
  end if;
  return null;
end
$_$;

CREATE FUNCTION public.hand_down_plan_item_province() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  if old.province_code is distinct from new.province_code then
    update public.annual_plan_item set province_code = new.province_code where project_id = new.id;
  end if;
  return null;
end
$$;

CREATE FUNCTION public.hand_down_territory() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
begin
  if (old.organisation_id, old.province_code, old.codes_on) is distinct from (new.organisation_id, new.province_code, new.codes_on) then
    execute format('update %I set organisation_id = $1, province_code = $2, codes_on = $3 where project_id = $4', tg_argv[0])
      using new.organisation_id, new.province_code, new.codes_on, new.id;
  end if;
  return null;
end
$_$;

CREATE FUNCTION public.has_marks(words text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
  select fold(words) <> lower(normalize(words) collate "und-x-icu")
$$;

CREATE FUNCTION public.has_scope(wanted text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select coalesce(wanted = any (string_to_array(claim('app.scopes'), ' ')), false)
$$;

COMMENT ON FUNCTION public.has_scope(wanted text) IS 'Does the caller''s token hold the scope?';

CREATE FUNCTION public.hashes_json(hashes bytea[]) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select coalesce(json_agg(base64url(hash) order by n), '[]') from unnest(hashes) with ordinality listed (hash, n)
$$;

CREATE FUNCTION public.implementer_of_words(words text, provinces text[]) RETURNS uuid[]
    LANGUAGE sql STABLE
    AS $$
  select coalesce(array_agg(o.id) filter (where o.own or not o.any_own), '{}')
    from (select c.id, c.own, bool_or(c.own) over () as any_own
            from (select k.id, coalesce(k.province_code = any (provinces), false) as own
                    from organisation k
                   where k.deleted_at is null and k.folded like like_pattern(words) and (same_words(k.name, words) or k.code = words)) c) o
$$;

COMMENT ON FUNCTION public.implementer_of_words(words text, provinces text[]) IS 'Organisations of that name or code; those of the caller''s provinces, if there are any.';

CREATE TABLE public.import (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    record_type text NOT NULL,
    year integer NOT NULL,
    counts jsonb NOT NULL,
    rows jsonb NOT NULL,
    ignored_columns text[] DEFAULT '{}'::text[] NOT NULL,
    skipped_rows jsonb DEFAULT '[]'::jsonb NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT import_record_type_known CHECK ((record_type = 'project'::text)),
    CONSTRAINT import_rows_shape CHECK (public.are_objects(rows)),
    CONSTRAINT import_skipped_rows_shape CHECK (public.are_objects(skipped_rows)),
    CONSTRAINT import_stays CHECK ((deleted_at IS NULL)),
    CONSTRAINT import_year_range CHECK (((year >= 1990) AND (year <= 2100)))
);

ALTER TABLE ONLY public.import FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.import IS 'What was loaded from elsewhere (nhập số liệu), whole or not at all: who brought it and what became of each row. Append only.';

COMMENT ON COLUMN public.import.year IS 'Of the plan table: the year of the money.';

COMMENT ON COLUMN public.import.counts IS '{total, created, updated, unchanged}: rows.';

COMMENT ON COLUMN public.import.rows IS '[{row, outcome, project_id, code, is_paid_assumed}] in the order of the sheet.';

COMMENT ON COLUMN public.import.ignored_columns IS 'Headings of the sheet that mean nothing to the service.';

COMMENT ON COLUMN public.import.skipped_rows IS '[{row, text}]: sums, signatures and notes of the sheet.';

COMMENT ON COLUMN public.import.province_code IS 'Of the organisation; null: a body of the centre.';

CREATE FUNCTION public.import_json(i public.import) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', i.id,
    'version', i.version,
    'record_type', i.record_type,
    'year', i.year,
    'counts', i.counts,
    'rows', i.rows,
    'ignored_columns', i.ignored_columns,
    'skipped_rows', i.skipped_rows,
    'organisation_id', i.organisation_id,
    'province_code', i.province_code,
    'created_at', instant(i.created_at),
    'created_by', i.created_by)
$$;

CREATE FUNCTION public.in_days(day date, valid_from date, valid_to date) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select day between coalesce(valid_from, '-infinity') and coalesce(valid_to, 'infinity')
$$;

COMMENT ON FUNCTION public.in_days(day date, valid_from date, valid_to date) IS 'Open ends, also those not known, include the day.';

CREATE FUNCTION public.in_record_scope(province_code text, organisation_id uuid, project_id uuid, provinces text[], own_organisation uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return coalesce(in_record_scope.province_code = any (provinces) or in_record_scope.organisation_id = own_organisation, false)
    or exists (select from project p where p.id = in_record_scope.project_id and p.implementer_id = own_organisation);
end
$$;

COMMENT ON FUNCTION public.in_record_scope(province_code text, organisation_id uuid, project_id uuid, provinces text[], own_organisation uuid) IS 'Seen and written like a project: by its territory, its owner, and the implementer of the project it belongs to.';

CREATE FUNCTION public.in_territory(province_code text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select province_code = any (string_to_array(nullif(current_setting('app.provinces', true), ''), ','))
$$;

COMMENT ON FUNCTION public.in_territory(province_code text) IS 'Is the province one of the caller''s (with all its predecessors)? Null counts as no in a policy.';

CREATE FUNCTION public.indicator_label(indicator_code text, measure_unit text) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select coalesce(
    (select l.label
       from (values ('trained', 'Số người được đào tạo, tập huấn'), ('classes', 'Số lớp'), ('models', 'Mô hình trình diễn kỹ thuật'),
                    ('machines', 'Cơ sở ứng dụng máy móc, thiết bị'), ('lines', 'Dây chuyền công nghệ'), ('booths', 'Gian hàng'), ('fairs', 'Hội chợ, triển lãm'),
                    ('products_voted', 'Sản phẩm công nghiệp nông thôn tiêu biểu'), ('brands', 'Nhãn hiệu được hỗ trợ'), ('seminars', 'Hội thảo, hội nghị'),
                    ('tours', 'Đoàn tham quan, khảo sát'), ('collaborators', 'Cộng tác viên khuyến công'),
                    ('establishments_supported', 'Cơ sở được hỗ trợ')) l (code, label)
      where l.code = indicator_code),
    indicator_code, 'Kết quả khác') || case when indicator_code is null then ' (' || coalesce(measure_unit_label(measure_unit), measure_unit) || ')' else '' end
$$;

CREATE FUNCTION public.inherit_owner() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
declare
  parent_id uuid := (to_jsonb(new) ->> tg_argv[1])::uuid;
begin
  execute format('select organisation_id, province_code from %I where id = $1', tg_argv[0])
    into new.organisation_id, new.province_code using parent_id;
  return new;
end
$_$;

CREATE FUNCTION public.inherit_plan_item() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  select a.year, a.level, a.organisation_id into new.year, new.level, new.organisation_id
    from public.annual_plan a where a.id = new.annual_plan_id;
  select p.province_code into new.province_code from public.project p where p.id = new.project_id;
  return new;
end
$$;

CREATE FUNCTION public.insert_rule(of_table regclass, new_row jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $_$
begin
  execute format('insert into %1$s (id, version, origin, replaces_id, organisation_id, %2$s)
    select b.id, 1, ''authority'', b.replaces_id, b.organisation_id, %2$s from jsonb_populate_record(null::%1$s, $1) b',
    of_table, array_to_string(rule_columns(of_table), ', ')) using new_row - 'certainty_mark'; -- a mark of the release's collection
end
$_$;

CREATE FUNCTION public.instant(at timestamp with time zone) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

COMMENT ON FUNCTION public.instant(at timestamp with time zone) IS 'As the API shows instants: RFC 3339, UTC, microseconds.';

CREATE FUNCTION public.ip_rights_json(ip_rights jsonb) RETURNS json
    LANGUAGE sql IMMUTABLE
    AS $$
  select coalesce(json_agg(json_build_object('kind', e ->> 'kind', 'document_no', e ->> 'document_no',
           'issued_on', e ->> 'issued_on', 'valid_to', e ->> 'valid_to') order by n), '[]')
    from jsonb_array_elements(ip_rights) with ordinality listed (e, n)
$$;

CREATE FUNCTION public.is_abandoned(is_whole boolean, began_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select not is_whole and began_at < current_instant() - interval '1 day'
$$;

COMMENT ON FUNCTION public.is_abandoned(is_whole boolean, began_at timestamp with time zone) IS 'An upload that was cut, so long ago that nobody goes on with it.';

CREATE FUNCTION public.is_allowed(rule public.transition_rule, own_tier text, own_roles text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select (rule.tiers = '{}' or coalesce(own_tier = any (rule.tiers), false))
     and (rule.roles = '{}' or own_roles is null or rule.roles && own_roles)
$$;

COMMENT ON FUNCTION public.is_allowed(rule public.transition_rule, own_tier text, own_roles text[]) IS 'May a caller of this tier and these roles (null: no person) act by the rule? Whether his token may is has_scope().';

CREATE FUNCTION public.is_blank(value jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select value is null or value in ('null', '[]', '{}') or (jsonb_typeof(value) = 'string' and value #>> '{}' !~ '\S')
$$;

COMMENT ON FUNCTION public.is_blank(value jsonb) IS 'Null, nothing but space, an empty list or an empty object.';

CREATE FUNCTION public.is_foreign_gtin(gtin text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case length(gtin)
    when 8 then left(gtin, 3)
    when 13 then left(gtin, 3)
    when 14 then substr(gtin, 2, 3) -- the first digit counts packages
    else '0'                        -- GTIN-12 is American
  end <> '893'
$$;

COMMENT ON FUNCTION public.is_foreign_gtin(gtin text) IS 'The prefix is not 893, that of Viet Nam.';

CREATE FUNCTION public.is_measure(shape jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when jsonb_typeof(shape) is distinct from 'object' then false
    when jsonb_typeof(shape -> 'value') is distinct from 'number' then false
    else shape - array['value', 'measure_unit'] = '{}'
      and (shape ->> 'value')::numeric between 0 and 9007199254740991
      and coalesce(shape ->> 'measure_unit', '') in (
        'person', 'person_turn', 'class', 'delegation', 'establishment', 'model', 'machine', 'technology_line', 'product',
        'fair', 'booth', 'brand', 'showroom', 'cluster', 'association', 'system', 'trade', 'vnd', 'percent')
  end
$$;

COMMENT ON FUNCTION public.is_measure(shape jsonb) IS '{value, measure_unit}. A person and a person_turn (lượt người) are two units.';

CREATE FUNCTION public.is_read_by(of_type text, scopes text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when of_type in ('programme', 'target', 'plan_call', 'annual_plan', 'plan_adjustment', 'survey') then 'programmes:read'
    when of_type in ('payment_request', 'settlement', 'allocation') then 'finance:read'
    when of_type like 'ocop%' then 'ocop:read'
    when of_type like 'voting%' then 'voting:read'
    else 'projects:read'
  end = any (string_to_array(scopes, ' '))
$$;

COMMENT ON FUNCTION public.is_read_by(of_type text, scopes text) IS 'Do the scopes of a token (space-separated) read records of this type?';

CREATE FUNCTION public.is_risk(risk text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select risk in ('on_track', 'at_risk', 'late', 'blocked')
$$;

CREATE FUNCTION public.item_after(d public.plan_adjustment, before jsonb, wanted jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
  select case
    when d.kind = 'stop' then coalesce(before, '{}') || '{"support_vnd": 0, "counterpart_vnd": 0}' || wanted || '{"is_stopped": true}'
    when d.cut_percent is not null then
      before || jsonb_build_object('support_vnd', cut_vnd((before ->> 'support_vnd')::bigint, d.cut_percent))
    else coalesce(before, plan_item_state(null, 0, 0, null, false)) || wanted || '{"is_stopped": false}'
  end
$$;

COMMENT ON FUNCTION public.item_after(d public.plan_adjustment, before jsonb, wanted jsonb) IS 'An item as the adjustment wants it: what is not named stays as it was.';

CREATE FUNCTION public.keep_accepted_line() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if old.status in ('accepted', 'settled') and new.status in ('accepted', 'settled') then
    perform refuse_changed(to_jsonb(old), to_jsonb(new), array['note', 'title', 'machines']);
  end if;
  return new;
end
$$;

CREATE FUNCTION public.keep_cited_file() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  citing text := (select c.record_type from public.file_citation c where c.file_id = old.id limit 1);
begin
  if old.deleted_at is null and new.deleted_at is not null and citing is not null then
    raise exception using errcode = 'PT409', message = 'still-referenced', detail = jsonb_build_object('record_type', citing);
  end if;
  return new;
end
$$;

CREATE FUNCTION public.keep_first_version(g public.programme) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  approval transition;
begin
  if exists (select from programme_version v where v.programme_id = g.id) then
    return;
  end if;
  select t.* into approval
    from transition t
   where t.record_type = 'programme' and t.record_id = g.id and t.to_status in ('approved', 'active')
   order by t.record_version
   limit 1;
  insert into programme_version (programme_id, version_no, status, name, starts_on, ends_on, activity_priorities, planned_funding, targets,
    valid_from, transition_id)
  values (g.id, 1, 'in_force', g.name, g.starts_on, g.ends_on, g.activity_priorities, g.planned_funding, version_targets(g.id),
    coalesce(approval.acted_on, g.starts_on, today()), approval.id);
end
$$;

CREATE FUNCTION public.keep_history() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  now_row jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end) - 'folded';
  was_deleted boolean := tg_op = 'UPDATE' and to_jsonb(old) ->> 'deleted_at' is not null; -- not every table has the column
  is_deleted boolean := now_row ->> 'deleted_at' is not null;
  what text := case
    when tg_op = 'INSERT' then 'created'
    when tg_op = 'DELETE' or is_deleted and not was_deleted then 'deleted'
    when was_deleted and not is_deleted then 'restored'
    else 'updated'
  end;
begin
  insert into public.history (record_type, record_id, version, event, at, client_id, user_id, organisation_id, operation, trace_id,
    row_data)
  values (tg_table_name, (now_row ->> 'id')::uuid, (now_row ->> 'version')::integer, what, public.current_instant(),
    public.claim('app.client_id')::uuid, public.claim('app.user_id')::uuid, public.claim('app.organisation_id')::uuid,
    public.claim('app.operation'), public.claim('app.trace_id'), now_row);
  return null;
end
$$;

CREATE FUNCTION public.keep_item_version(item public.annual_plan_item, adjustment uuid, by_transition uuid, on_day date) RETURNS void
    LANGUAGE sql
    AS $$
  insert into annual_plan_item_version (item_id, version_no, valid_from, activity_code, support_vnd, counterpart_vnd, completion_month,
    is_stopped, plan_adjustment_id, transition_id)
  select item.id, coalesce(max(v.version_no), 0) + 1, on_day, item.activity_code, item.support_vnd, item.counterpart_vnd,
         item.completion_month, item.is_stopped, adjustment, by_transition
    from annual_plan_item_version v
   where v.item_id = item.id
$$;

CREATE FUNCTION public.keep_past_act(t public.past_project, before public.project, changes text[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  p constant project := t.project;
begin
  if before.id is not null and not changes && '{status,decision_no,decision_on}' then
    return;
  end if;
  insert into transition (record_type, record_id, record_version, action, from_status, to_status, acted_on, client_id, person_id,
    acting_organisation_id, documents, organisation_id, province_code)
  values ('project', p.id, p.version, 'import', coalesce(before.status, 'draft'), p.status, coalesce(t.decision_on, today()),
    claim('app.client_id')::uuid, claim('app.user_id')::uuid, claim('app.organisation_id')::uuid,
    case when t.decision is null then '[]' else jsonb_build_array(t.decision) end, p.organisation_id, p.province_code);
end
$$;

CREATE FUNCTION public.keep_past_funding(t public.past_project, of_year integer) RETURNS void
    LANGUAGE sql
    AS $$
  insert into project_funding (project_id, year, source, amount_vnd)
  select (t.project).id, of_year, m.source, m.amount
    from (values ('central_promotion', t.central_vnd), ('local_promotion', t.local_vnd)) m (source, amount)
   where m.amount is not null
  on conflict (project_id, year, source, line_id) where deleted_at is null
  do update set amount_vnd = excluded.amount_vnd, version = project_funding.version + 1 where project_funding.amount_vnd <> excluded.amount_vnd
$$;

CREATE FUNCTION public.keep_past_item(t public.past_project, of_year integer, own_organisation uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  p constant project := t.project;
  plan_id uuid;
  first_assigned constant jsonb := case when t.baseline_vnd is not null then jsonb_build_object('support_vnd', t.baseline_vnd) end;
begin
  select i.annual_plan_id into plan_id
    from annual_plan_item i join annual_plan a on a.id = i.annual_plan_id
   where i.project_id = p.id and i.year = of_year and i.deleted_at is null and a.history_quality = 'final_state_only';
  if plan_id is null and not t.is_assigned then
    return;
  end if;
  plan_id := coalesce(plan_id, past_plan(of_year, p.province_code, p.codes_on, own_organisation));
  perform set_config('app.act', plan_id::text, true);
  update annual_plan_item i
     set support_vnd = coalesce(t.current_vnd, i.support_vnd), baseline = first_assigned, is_stopped = p.status = 'stopped', version = i.version + 1,
         deleted_at = case when not t.is_assigned then current_instant() end
   where i.annual_plan_id = plan_id and i.project_id = p.id and i.deleted_at is null;
  if not found then
    insert into annual_plan_item (annual_plan_id, project_id, support_vnd, baseline, is_stopped)
    values (plan_id, p.id, t.current_vnd, first_assigned, p.status = 'stopped');
  end if;
  perform set_config('app.act', p.id::text, true);
end
$$;

CREATE FUNCTION public.keep_past_lines(t public.past_project, beneficiary_ids uuid[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  p constant project := t.project;
  -- Who got which activity, and how much, is not told by a row that names several: what is not known is not made up.
  shared_activity constant text := case when cardinality(t.activities) = 1 then t.activities[1] end;
  is_one constant boolean := cardinality(t.activities) <= 1 and cardinality(beneficiary_ids) <= 1;
  state constant text := case when p.status in ('accepted', 'settling') then 'accepted' when p.status in ('settled', 'closed') then 'settled'
    when p.status in ('contracted', 'in_progress', 'acceptance_requested') then 'active' else 'planned' end;
begin
  update project_line l set status = 'removed', deleted_at = current_instant(), version = l.version + 1
   where l.project_id = p.id and l.deleted_at is null;
  insert into project_line (project_id, title, activity_code, establishment_id, support_vnd, counterpart_vnd, status)
  select p.id, left(p.name, 500), coalesce(listed.activity, shared_activity), listed.beneficiary,
         case when is_one then t.support_vnd end, case when is_one then p.counterpart_vnd end, state
    from (select null::text as activity, b as beneficiary from unnest(beneficiary_ids) b
          union all
          select a, null from unnest(t.activities) a where cardinality(t.activities) > 1 or cardinality(beneficiary_ids) = 0
          union all
          select null, null where cardinality(t.activities) + cardinality(beneficiary_ids) = 0) listed;
  if not is_one and t.support_vnd > 0 then
    insert into project_line (project_id, title, activity_code, support_vnd, counterpart_vnd, status)
    values (p.id, 'Kinh phí chưa chia theo hạng mục', shared_activity, t.support_vnd, p.counterpart_vnd, state);
  end if;
end
$$;

COMMENT ON FUNCTION public.keep_past_lines(t public.past_project, beneficiary_ids uuid[]) IS 'A line for each beneficiary and each activity; the money stands on the only one, or on a line of its own.';

CREATE FUNCTION public.keep_past_payments(t public.past_project, of_year integer, of_import uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  p constant project := t.project;
  posted constant bigint[] := opening_paid(p.id, of_year);
  paid record;
  paper constant jsonb := coalesce(t.decision, (
    select jsonb_build_object('kind', 'report', 'document_no', of_import, 'title', 'Số liệu những năm trước do đơn vị nhập')));
  on_day constant date := least(make_date(of_year, 12, 31), today());
  assumed constant text := case when t.is_paid_assumed then 'Lấy bằng kinh phí được giao: bảng nhập không ghi số đã chi' end;
begin
  for paid in select * from (values ('central_promotion', t.central_paid_vnd, posted[1]), ('local_promotion', t.local_paid_vnd, posted[2])) m (source, wanted, posted)
               where m.wanted <> m.posted order by m.wanted - m.posted loop
    if paid.posted > 0 then
      insert into ledger_entry (kind, reverses_id, project_id, entry_on, document, import_id)
      select 'reversal', e.id, e.project_id, on_day, paper, of_import
        from ledger_entry e
       where e.project_id = p.id and e.year = of_year and e.source = paid.source and e.import_id is not null and e.kind = 'payment'
         and not exists (select from ledger_entry r where r.reverses_id = e.id);
      insert into ledger_entry (kind, from_account, source, year, project_id, amount_vnd, entry_on, document, import_id)
      values ('commitment', 'committed', paid.source, of_year, p.id, paid.posted, on_day, paper, of_import);
    end if;
    if paid.wanted > 0 then
      insert into ledger_entry (kind, source, year, project_id, amount_vnd, entry_on, document, note, import_id)
      select k.kind, paid.source, of_year, p.id, paid.wanted, on_day, paper, assumed, of_import
        from (values (1, 'commitment'), (2, 'payment')) k (n, kind) order by k.n;
    end if;
  end loop;
end
$$;

CREATE FUNCTION public.keep_past_project(t public.past_project, before public.project, changes text[], of_year integer, provinces text[], own_organisation uuid, of_import uuid) RETURNS public.project
    LANGUAGE plpgsql
    AS $$
declare
  p project := t.project;
  beneficiary_ids uuid[];
begin
  if before.id is null then
    insert into project (organisation_id, name, level, status, programme_id, implementer_id, places, starts_on, ends_on, total_cost_vnd, support_vnd,
      counterpart_vnd, objective, note, province_code, codes_on, evidence_grade, origin, history_quality)
    values (own_organisation, p.name, p.level, p.status, p.programme_id, p.implementer_id, p.places, p.starts_on, p.ends_on, p.total_cost_vnd, t.support_vnd,
      p.counterpart_vnd, p.objective, p.note, p.province_code, p.codes_on, case when t.decision is not null then 'signed_decision' end, 'imported', 'final_state_only')
    returning * into p;
  else
    update project k
       set name = p.name, status = p.status, programme_id = p.programme_id, implementer_id = p.implementer_id, places = p.places, starts_on = p.starts_on,
           ends_on = p.ends_on, total_cost_vnd = p.total_cost_vnd, support_vnd = t.support_vnd, counterpart_vnd = p.counterpart_vnd, objective = p.objective,
           note = p.note, province_code = p.province_code, codes_on = p.codes_on, version = k.version + 1
     where k.id = before.id
    returning * into p;
  end if;
  t.project := p;
  perform set_config('app.act', p.id::text, true);
  perform keep_past_act(t, before, changes);
  if before.id is null or changes && '{beneficiaries,activities,status,central_promotion_vnd,local_promotion_vnd,counterpart_vnd}' then
    beneficiary_ids := case when before.id is null or 'beneficiaries' = any (changes) then beneficiaries_kept(t, provinces, own_organisation)
      else array(select distinct l.establishment_id from project_line l where l.project_id = p.id and l.deleted_at is null and l.establishment_id is not null) end;
    if before.id is not null and not 'activities' = any (changes) then
      t.activities := array(select distinct l.activity_code from project_line l where l.project_id = p.id and l.deleted_at is null and l.activity_code is not null);
    end if;
    perform keep_past_lines(t, beneficiary_ids);
  end if;
  perform keep_past_funding(t, of_year);
  perform keep_past_item(t, of_year, own_organisation);
  perform keep_past_payments(t, of_year, of_import);
  perform set_config('app.act', '', true);
  return p;
end
$$;

CREATE FUNCTION public.key_project_figures(of_project uuid) RETURNS TABLE(line_id uuid, title text, activity_code text, created_at timestamp with time zone, unit text, year integer, planned numeric, actual numeric)
    LANGUAGE sql STABLE
    AS $$
  with parts as (
    select p.id, p.starts_on from project p where (p.id = of_project or p.parent_id = of_project) and p.deleted_at is null
  )
  select l.id, l.title, l.activity_code, l.created_at, coalesce(o.planned, o.actual) ->> 'measure_unit',
         coalesce(o.year, extract(year from s.starts_on)::integer), (o.planned ->> 'value')::numeric, (o.actual ->> 'value')::numeric
    from parts s
    join project_line l on l.project_id = s.id and l.deleted_at is null and l.status not in ('withdrawn', 'removed')
    left join project_output o on o.line_id = l.id and o.deleted_at is null
   where s.id = of_project or not exists (
           select from project_line own where own.project_id = of_project and own.deleted_at is null and own.status not in ('withdrawn', 'removed'))
$$;

CREATE FUNCTION public.key_project_money(of_project uuid) RETURNS TABLE(year integer, amount_vnd bigint)
    LANGUAGE sql STABLE
    AS $$
  select f.year, sum(f.amount_vnd)::bigint
    from project p
    join project_funding f on f.project_id = p.id and f.deleted_at is null
   where p.deleted_at is null
     and (p.id = of_project
          or p.parent_id = of_project and not exists (select from project_funding own where own.project_id = of_project and own.deleted_at is null))
   group by f.year
$$;

CREATE FUNCTION public.kind_words() RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select 'thanh pho|thi xa|thi tran|dak khu|quan|huien|xa|phuong|tinh'
$$;

CREATE FUNCTION public.kinds_named(word text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case word
    when 'tinh' then array['province']
    when 'thanh pho' then array['municipality', 'provincial_city', 'municipal_city']
    when 'thi xa' then array['town']
    when 'quan' then array['urban_district']
    when 'huien' then array['rural_district']
    when 'xa' then array['commune']
    when 'phuong' then array['ward']
    when 'thi tran' then array['township']
    when 'dak khu' then array['special_zone']
  end
$$;

CREATE FUNCTION public.known_admin_unit(wanted text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
  if not exists (select from admin_unit where code = wanted) then
    raise exception using errcode = 'PT404', message = 'not-found';
  end if;
  return true;
end
$$;

CREATE FUNCTION public.known_region(wanted text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
  if not exists (select from region where code = wanted) then
    raise exception using errcode = 'PT404', message = 'not-found';
  end if;
  return true;
end
$$;

CREATE FUNCTION public.label_map(q public.report_question) RETURNS TABLE(code text, valid_from date, valid_to date, key text, label text, former_label text)
    LANGUAGE plpgsql STABLE ROWS 200
    AS $$
declare
  day constant date := basis_date(q.geo_basis);
begin
  return query
    select m.code, m.valid_from, m.valid_to, m.key, l.now_label, labelled_place(l.now_label, report_label('province', recorded_province(m.code, m.valid_from), null))
      from report_map(q) m
     cross join lateral (select report_label('province', m.key, day) as now_label offset 0) l;
end
$$;

COMMENT ON FUNCTION public.label_map(q public.report_question) IS 'What the province of a project is called on the map, and with the name it was recorded under.';

CREATE FUNCTION public.labelled_place(now_label text, then_label text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select now_label || case when then_label is distinct from now_label then ' (trước đây: ' || then_label || ')' else '' end
$$;

CREATE FUNCTION public.last_act(of_type text, of_id uuid) RETURNS public.transition
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  latest transition;
begin
  select t.* into latest
    from public.transition t
   where t.record_type = of_type and t.record_id = of_id and t.corrects_id is null
     and not exists (select from public.transition c where c.corrects_id = t.id)
   order by t.record_version desc
   limit 1;
  return latest;
end
$$;

COMMENT ON FUNCTION public.last_act(of_type text, of_id uuid) IS 'The latest act on a record that holds: neither a correction nor corrected.';

CREATE FUNCTION public.last_actor(of_type text, record jsonb) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$
declare
  latest constant transition := last_act(of_type, (record ->> 'id')::uuid);
begin
  return coalesce(latest.person_id, latest.client_id, (record ->> 'created_by')::uuid);
end
$$;

COMMENT ON FUNCTION public.last_actor(of_type text, record jsonb) IS 'The person, or else the client, who acted last on the record or made it.';

CREATE TABLE public.progress_report (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    project_id uuid NOT NULL,
    project_line_id uuid,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    "from" date NOT NULL,
    "to" date NOT NULL,
    percent_done numeric(5,2),
    paid_vnd bigint,
    counterpart_spent_vnd bigint,
    done text,
    next text,
    difficulties jsonb DEFAULT '[]'::jsonb NOT NULL,
    request text,
    risk text,
    status text DEFAULT 'draft'::text NOT NULL,
    CONSTRAINT progress_report_counterpart_range CHECK (public.is_amount((counterpart_spent_vnd)::numeric)),
    CONSTRAINT progress_report_difficulties_shape CHECK (public.are_difficulties(difficulties)),
    CONSTRAINT progress_report_ends_after_starts CHECK (("to" >= "from")),
    CONSTRAINT progress_report_line_of_project CHECK (((project_line_id IS NULL) OR (project_id IS NOT NULL))),
    CONSTRAINT progress_report_paid_range CHECK (public.is_amount((paid_vnd)::numeric)),
    CONSTRAINT progress_report_percent_range CHECK (((percent_done >= (0)::numeric) AND (percent_done <= (100)::numeric))),
    CONSTRAINT progress_report_risk_known CHECK (public.is_risk(risk)),
    CONSTRAINT progress_report_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'submitted'::text, 'returned'::text, 'confirmed'::text])))
);

ALTER TABLE ONLY public.progress_report FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.progress_report IS 'Progress reports (báo cáo tiến độ): one for each project and period, locked once confirmed.';

COMMENT ON COLUMN public.progress_report.project_line_id IS 'The line of the project that it is for.';

COMMENT ON COLUMN public.progress_report.province_code IS 'Of the project, as organisation_id and codes_on; without a project, of whoever made it.';

COMMENT ON COLUMN public.progress_report.codes_on IS 'Day on whose map province_code is read.';

COMMENT ON COLUMN public.progress_report.percent_done IS 'Of the work, not of the money.';

COMMENT ON COLUMN public.progress_report.paid_vnd IS 'Support paid out since the project began, as the implementer says; the ledger has the entries.';

COMMENT ON COLUMN public.progress_report.difficulties IS '[{tags, description}]; tags: capital, land, labour, materials, market, technology, procedure, environment.';

COMMENT ON COLUMN public.progress_report.risk IS 'on_track, at_risk, late, blocked.';

CREATE FUNCTION public.last_progress(of_project uuid, on_day date) RETURNS public.progress_report
    LANGUAGE sql STABLE
    AS $$
  select r
    from progress_report r
   where r.project_id = of_project and r.deleted_at is null and r.status in ('submitted', 'confirmed') and r."to" <= on_day
   order by r."to" desc, r.id desc
   limit 1
$$;

CREATE FUNCTION public.ledger_entry_follow_up() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  insert into history (record_type, record_id, version, event, at, client_id, user_id, organisation_id, operation, trace_id, row_data)
  values (tg_table_name, new.id, 1, 'created', current_instant(), new.client_id, new.person_id, claim('app.organisation_id')::uuid,
    claim('app.operation'), claim('app.trace_id'), to_jsonb(new));
  if new.kind = 'recovery' and exists (select from contract c where c.id = new.contract_id and c.status = 'terminated') then
    insert into ledger_entry (kind, source, year, project_id, line_id, contract_id, from_account, to_account, amount_vnd, entry_on, document)
    values ('commitment', new.source, new.year, new.project_id, new.line_id, new.contract_id, 'committed', 'allocated', new.amount_vnd,
      new.entry_on, new.document);
  end if;
  return null;
end
$$;

CREATE FUNCTION public.ledger_entry_json(e public.ledger_entry) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', e.id,
    'version', e.version,
    'kind', e.kind,
    'source', e.source,
    'year', e.year,
    'from_year', e.from_year,
    'organisation_id', e.organisation_id,
    'from_organisation_id', e.from_holder_id,
    'province_code', e.province_code,
    'project_id', e.project_id,
    'line_id', e.line_id,
    'contract_id', e.contract_id,
    'allocation_id', e.allocation_id,
    'payment_request_id', e.payment_request_id,
    'settlement_id', e.settlement_id,
    'import_id', e.import_id,
    'from_account', e.from_account,
    'to_account', e.to_account,
    'amount_vnd', e.amount_vnd,
    'entry_on', e.entry_on,
    'reverses_id', e.reverses_id,
    'document', document_json(e.document),
    'note', e.note,
    'recorded_at', instant(e.recorded_at),
    'actor', json_build_object('client_id', e.client_id, 'person_id', e.person_id))
$$;

CREATE FUNCTION public.ledger_entry_rules() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  new.version := 1;
  new.recorded_at := current_instant();
  new.client_id := claim('app.client_id')::uuid;
  new.person_id := claim('app.user_id')::uuid;
  new := case when new.kind = 'reversal' then counter_entry(new) else entry_with_accounts(new) end;
  if new.project_id is not null then
    perform from project where id = new.project_id for no key update;
    select p.organisation_id, p.province_code into new.organisation_id, new.province_code from project p where p.id = new.project_id;
    perform refuse_second_reversal(new.reverses_id);
    perform refuse_opening(new);
    perform refuse_by_guards(project_entry_faults(new));
  else
    perform lock_allocated(new);
    select o.id, o.province_code into new.organisation_id, new.province_code from organisation o where o.id = new.holder_id;
    perform refuse_second_reversal(new.reverses_id);
    perform refuse_by_guards(allocation_entry_faults(new));
  end if;
  return new;
end
$$;

CREATE FUNCTION public.ledger_figures(moves jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
  select jsonb_build_object('allocated_vnd', a, 'contracted_vnd', c, 'advanced_vnd', v, 'paid_vnd', v + p, 'recovered_vnd', r,
           'disbursed_vnd', v + p - r, 'carried_over_vnd', t, 'committed_vnd', c - (v + p - r) + t, 'uncommitted_vnd', a - c)
    from (select coalesce((moves -> 'allocation')::bigint, 0) as a, coalesce((moves -> 'commitment')::bigint, 0) as c,
                 coalesce((moves -> 'advance')::bigint, 0) as v, coalesce((moves -> 'payment')::bigint, 0) as p,
                 coalesce((moves -> 'recovery')::bigint, 0) as r, coalesce((moves -> 'transfer')::bigint, 0) as t) s
$$;

CREATE FUNCTION public.ledger_moves(q public.report_question) RETURNS TABLE(year integer, source text, province_code text, project_id uuid, counts_as text, amount_vnd bigint)
    LANGUAGE sql STABLE
    AS $$
  with seen as (
    select e.*
      from ledger_entry e
      left join project p on p.id = e.project_id
     where case when e.project_id is null
           then e.province_code = any (q.provinces) or e.organisation_id = q.own_organisation or q.tier = 'central' or e.from_holder_id = q.own_organisation
           else p.province_code = any (q.provinces) or p.organisation_id = q.own_organisation or p.implementer_id = q.own_organisation end
       and e.entry_on between q."from" and q."to"
  ), moved as (
    select s.year, s.source, s.province_code, s.project_id,
           case when s.counts_as = 'transfer' and s.project_id is null then 'allocation' else s.counts_as end as counts_as, s.effect_vnd
      from seen s
    union all
    select s.from_year, s.source, s.province_code, s.project_id, 'transfer', - s.effect_vnd from seen s where s.from_year is not null
    union all
    select s.year, s.source, o.province_code, null, 'allocation', - s.effect_vnd
      from seen s join organisation o on o.id = s.from_holder_id
  )
  select m.*
    from moved m
   where (q.year is null or m.year = q.year)
     and (q.source is null or m.source = any (q.source))
     and (q.province_code is null or m.province_code = any (q.province_code))
     and (q.project_id is null or m.project_id = q.project_id)
$$;

COMMENT ON FUNCTION public.ledger_moves(q public.report_question) IS 'What the caller''s entries moved, with its sign, where the filters look.';

CREATE FUNCTION public.ledger_row_label(group_by text, key text) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select case
    when key is null then case group_by when 'project' then 'Kinh phí phân bổ' else 'Trung ương' end
    when group_by = 'project' then (select p.code || ' – ' || p.name from project p where p.id = key::uuid)
    when group_by = 'year' then 'Năm ' || key
    else report_label(group_by, key, null)
  end
$$;

CREATE FUNCTION public.like_pattern(q text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
  select '%' || replace(replace(replace(fold(q), '\', '\\'), '%', '\%'), '_', '\_') || '%'
$$;

COMMENT ON FUNCTION public.like_pattern(q text) IS 'Finds q anywhere: `folded like like_pattern(:q)`.';

CREATE FUNCTION public.line_fault(guard text, code text, line_no integer, member text, words_vi text, words_en text, legal_basis text, certainty text, enforcement text, figures jsonb DEFAULT '{}'::jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
  select jsonb_build_object('pointer', '#/lines/' || line_no || coalesce('/' || member, ''), 'code', code,
    'params', figures || jsonb_build_object('guard', upper(guard), 'member', jsonb_build_object('vi', words_vi, 'en', words_en)),
    'legal_basis', legal_basis, 'certainty', certainty, 'enforcement', enforcement)
$$;

COMMENT ON FUNCTION public.line_fault(guard text, code text, line_no integer, member text, words_vi text, words_en text, legal_basis text, certainty text, enforcement text, figures jsonb) IS 'A fault that a guard finds at a line. The sentence stands in params.member, where a warning finds its label too.';

CREATE FUNCTION public.line_items(l public.project_line) RETURNS text[]
    LANGUAGE sql IMMUTABLE
    AS $$
  select array[fold(l.title)] || array(select fold(concat_ws(' ', m ->> 'name', m ->> 'model')) from jsonb_array_elements(l.machines) m)
$$;

COMMENT ON FUNCTION public.line_items(l public.project_line) IS 'What a line buys, by name: its title and its machines.';

CREATE FUNCTION public.line_max_support(of_line uuid, eligible_cost bigint, on_day date) RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
  select min(b.limit_vnd)
    from project_line l
   cross join lateral beneficiary_limits(l, eligible_cost, coalesce(l.quantity, 1), l.is_technology_line, on_day) b
   where l.id = of_line and (b.norm).enforcement = 'block'
$$;

COMMENT ON FUNCTION public.line_max_support(of_line uuid, eligible_cost bigint, on_day date) IS 'What the norms that bind allow for an eligible cost, as at a settlement; null: no norm says.';

CREATE FUNCTION public.line_of(of_project uuid, wanted uuid) RETURNS uuid
    LANGUAGE sql STABLE
    AS $$
  select l.id from project_line l where l.id = wanted and l.project_id = of_project
$$;

CREATE TABLE public.settlement (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    project_id uuid NOT NULL,
    line_id uuid,
    year integer NOT NULL,
    source text NOT NULL,
    settled_on date NOT NULL,
    eligible_cost_vnd bigint NOT NULL,
    vouchers jsonb DEFAULT '[]'::jsonb NOT NULL,
    norm_id uuid,
    norm_limit_vnd bigint,
    contracted_vnd bigint DEFAULT 0 NOT NULL,
    paid_vnd bigint DEFAULT 0 NOT NULL,
    payable_vnd bigint DEFAULT 0 NOT NULL,
    to_pay_vnd bigint DEFAULT 0 NOT NULL,
    to_recover_vnd bigint DEFAULT 0 NOT NULL,
    carried_over_vnd bigint DEFAULT 0 NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    origin text DEFAULT 'native'::text NOT NULL,
    history_quality text DEFAULT 'full'::text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT settlement_carried_over_range CHECK (((carried_over_vnd >= 0) AND (carried_over_vnd <= to_pay_vnd))),
    CONSTRAINT settlement_eligible_cost_range CHECK (public.is_amount((eligible_cost_vnd)::numeric)),
    CONSTRAINT settlement_history_quality_known CHECK ((history_quality = ANY (ARRAY['full'::text, 'partial'::text, 'final_state_only'::text]))),
    CONSTRAINT settlement_origin_known CHECK ((origin = ANY (ARRAY['native'::text, 'imported'::text, 'mirrored'::text]))),
    CONSTRAINT settlement_source_known CHECK (public.is_source(source)),
    CONSTRAINT settlement_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'submitted'::text, 'returned'::text, 'approved'::text, 'reopened'::text]))),
    CONSTRAINT settlement_vouchers_shape CHECK (public.are_objects(vouchers)),
    CONSTRAINT settlement_year_range CHECK (((year >= 1990) AND (year <= 2100)))
);

ALTER TABLE ONLY public.settlement FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.settlement IS 'Settlements (quyết toán) by line, year and source: what is payable on the actual eligible cost, and so what is still to be paid or to come back.';

COMMENT ON COLUMN public.settlement.eligible_cost_vnd IS 'Actual eligible cost by the vouchers.';

COMMENT ON COLUMN public.settlement.vouchers IS '[{voucher_no, issued_on, description, amount_vnd}].';

COMMENT ON COLUMN public.settlement.norm_id IS 'The norm that decided.';

COMMENT ON COLUMN public.settlement.norm_limit_vnd IS 'What the norm allows on the actual eligible cost; null: no norm is known that blocks.';

COMMENT ON COLUMN public.settlement.contracted_vnd IS 'Support committed to the line by contracts of the year and source.';

COMMENT ON COLUMN public.settlement.paid_vnd IS 'Advances and payments less recoveries so far.';

COMMENT ON COLUMN public.settlement.payable_vnd IS 'The least of contract, norm and eligible cost.';

COMMENT ON COLUMN public.settlement.carried_over_vnd IS 'Of what is to be paid, what is paid from the year after (chuyển nguồn).';

COMMENT ON COLUMN public.settlement.province_code IS 'Of the project.';

CREATE FUNCTION public.line_to_settle(t public.settlement) RETURNS public.project_line
    LANGUAGE sql STABLE
    AS $$
  select l
    from project_line l
   where l.project_id = t.project_id and l.deleted_at is null and l.status not in ('withdrawn', 'removed')
     and (t.line_id is null or l.id = t.line_id)
     and (t.line_id is not null or 1 = (select count(*) from project_line o
            where o.project_id = t.project_id and o.deleted_at is null and o.status not in ('withdrawn', 'removed')))
$$;

COMMENT ON FUNCTION public.line_to_settle(t public.settlement) IS 'The line named, or the only one there is.';

CREATE FUNCTION public.listed(prefix text, columns text[]) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
  select string_agg(prefix || '.' || c, ', ' order by n) from unnest(columns) with ordinality l (c, n)
$$;

CREATE FUNCTION public.listed_words(words text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select coalesce(array_agg(w order by w), '{}')
    from (select distinct btrim(regexp_replace(part, '\s+', ' ', 'g')) as w from regexp_split_to_table(coalesce(words, ''), '\s*[;\n]\s*') part) listed
   where w <> ''
$$;

COMMENT ON FUNCTION public.listed_words(words text) IS 'What stands between semicolons or line ends, each once, in order.';

CREATE FUNCTION public.live_plan_item(of_project uuid, plan public.annual_plan, but uuid) RETURNS uuid
    LANGUAGE sql STABLE
    AS $$
  select i.id
    from annual_plan_item i
   where i.project_id = of_project and (i.year, i.level) = (plan.year, plan.level) and i.deleted_at is null and not i.is_stopped
     and i.id is distinct from but
$$;

COMMENT ON FUNCTION public.live_plan_item(of_project uuid, plan public.annual_plan, but uuid) IS 'The item that already holds the project in this year and level.';

CREATE FUNCTION public.load_rules(of_table regclass, source regclass, key text[]) RETURNS void
    LANGUAGE plpgsql
    AS $_$
declare
  given constant text[] := (
    select array_agg(quote_ident(a.attname) order by a.attnum)
      from pg_attribute a where a.attrelid = source and a.attnum > 0 and not a.attisdropped);
  says constant text[] := array_remove(given, 'id');
  same constant text := (select string_agg(format('r.%1$I is not distinct from l.%1$I', k), ' and ') from unnest(key) k);
begin
  -- What an authority has ended or confirmed (version > 1) or entered is its own from then on.
  execute format('delete from %s r where r.origin = ''release'' and r.version = 1 and not exists (select from %s l where %s)', of_table, source, same);
  execute format('update %1$s r set (%2$s) = (select %3$s) from %4$s l where r.origin = ''release'' and r.version = 1 and %5$s and (%6$s) is distinct from (%3$s)',
    of_table, array_to_string(says, ', '), listed('l', says), source, same, listed('r', says));
  execute format('insert into %1$s (%2$s) select %3$s from %4$s l where not exists (select from %1$s r where r.origin = ''release'' and %5$s) on conflict do nothing',
    of_table, array_to_string(given, ', '), listed('l', given), source, same);
end
$_$;

COMMENT ON FUNCTION public.load_rules(of_table regclass, source regclass, key text[]) IS 'Brings the rows of the release to the state of a loaded file, found again by `key`; rows that authorities touched stay as these left them.';

CREATE FUNCTION public.lock_allocated(e public.ledger_entry) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  perform pg_advisory_xact_lock(hashtextextended(concat_ws(' ', 'allocated', e.year, e.source, holder), 0))
     from unnest(array[e.holder_id, e.from_holder_id]) holder
    where holder is not null
    order by holder; -- two transfers between the same organisations do not meet head on
end
$$;

CREATE FUNCTION public.lock_annual_plan(wanted uuid) RETURNS public.annual_plan
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  plan public.annual_plan;
begin
  select * into plan from public.annual_plan a where a.id = wanted for no key update;
  return plan;
end
$$;

CREATE FUNCTION public.locked_annual_plan(wanted uuid, tier text, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
declare
  plan constant annual_plan := lock_annual_plan(open_annual_plan(wanted, provinces, own_organisation));
begin
  if annual_plan_writable(plan, tier, provinces, own_organisation) is not true or annual_plan_writable(plan, claim('app.tier'),
       string_to_array(claim('app.provinces'), ','), claim('app.organisation_id')::uuid) is not true then
    raise exception using errcode = 'PT403', message = 'outside-territory';
  end if;
  return wanted;
end
$$;

COMMENT ON FUNCTION public.locked_annual_plan(wanted uuid, tier text, provinces text[], own_organisation uuid) IS 'The id of a plan that the caller may write, locked until the end of the transaction; else 404, 410 or 403.';

CREATE FUNCTION public.locked_certificate(wanted uuid, of_scheme text, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
begin
  perform from certificate c where c.id = wanted for no key update;
  return open_certificate(wanted, of_scheme, provinces, own_organisation);
end
$$;

COMMENT ON FUNCTION public.locked_certificate(wanted uuid, of_scheme text, provinces text[], own_organisation uuid) IS 'open_certificate(), locked until the end of the transaction.';

CREATE FUNCTION public.locked_establishment(wanted uuid, provinces text[]) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
begin
  perform from establishment e where e.id = wanted for no key update;
  perform open_establishment(wanted);
  if not exists (select from establishment e where e.id = wanted and e.province_code = any (provinces)) then
    raise exception using errcode = 'PT403', message = 'outside-territory';
  end if;
  return wanted;
end
$$;

COMMENT ON FUNCTION public.locked_establishment(wanted uuid, provinces text[]) IS 'open_establishment() of the own territory, locked until the end of the transaction.';

CREATE FUNCTION public.locked_in() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
  moving constant text[] := '{status,version,organisation_id,province_code,codes_on,updated_at,updated_by}';
begin
  if old.status = any (tg_argv) and to_jsonb(old) - moving <> to_jsonb(new) - moving then
    raise exception using errcode = 'PT409', message = 'guard-failed', detail = jsonb_build_array(jsonb_build_object(
      'pointer', '#/status', 'code', 'record_locked', 'params', jsonb_build_object('status', (
        select jsonb_build_object('vi', s.label_vi, 'en', s.label_en)
          from record_status s where s.record_type = tg_table_name and s.status = old.status))));
  end if;
  return new;
end
$$;

COMMENT ON FUNCTION public.locked_in() IS 'In these states nothing of the record changes but the state.';

CREATE FUNCTION public.locked_ocop_registration(wanted uuid, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
begin
  perform from ocop_registration r where r.id = wanted for no key update;
  return open_ocop_registration(wanted, provinces, own_organisation);
end
$$;

COMMENT ON FUNCTION public.locked_ocop_registration(wanted uuid, provinces text[], own_organisation uuid) IS 'open_ocop_registration(), locked until the end of the transaction.';

CREATE FUNCTION public.locked_of_project(of_type text, wanted uuid, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE plpgsql
    AS $_$
begin
  -- First the project, then its record: all that moves money of a project queues there and meets no deadlock.
  execute format('select from project p where p.id = (select t.project_id from %I t where t.id = $1) for no key update', of_type) using wanted;
  execute format('select from %I t where t.id = $1 for no key update', of_type) using wanted;
  return open_of_project(of_type, wanted, provinces, own_organisation);
end
$_$;

COMMENT ON FUNCTION public.locked_of_project(of_type text, wanted uuid, provinces text[], own_organisation uuid) IS 'open_of_project(), with project and record locked until the end of the transaction.';

CREATE FUNCTION public.locked_plan_adjustment(wanted uuid, tier text, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
declare
  is_writable boolean;
begin
  perform lock_annual_plan(d.annual_plan_id) from plan_adjustment d where d.id = wanted;
  select plan_adjustment_writable(d, tier, provinces, own_organisation) into is_writable
    from plan_adjustment d where d.id = wanted for no key update; -- row level security hides what he may not write
  perform open_plan_adjustment(wanted, provinces, own_organisation);
  if is_writable is not true then
    raise exception using errcode = 'PT403', message = 'outside-territory';
  end if;
  return wanted;
end
$$;

COMMENT ON FUNCTION public.locked_plan_adjustment(wanted uuid, tier text, provinces text[], own_organisation uuid) IS 'The id of an adjustment that the caller may write, locked with its plan; else 404, 410 or 403.';

CREATE FUNCTION public.locked_plan_of_items(wanted uuid, provinces text[], own_organisation uuid) RETURNS public.annual_plan
    LANGUAGE plpgsql
    AS $$
declare
  plan constant annual_plan := lock_annual_plan(open_annual_plan(wanted, provinces, own_organisation));
begin
  if not plan_is_open(plan.status) then
    perform refuse_as_decided('annual_plan_item_frozen', 'annual_plan', plan.status);
  end if;
  return plan;
end
$$;

CREATE FUNCTION public.locked_programme(wanted uuid, tier text, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
declare
  is_writable boolean;
begin
  select programme_writable(g, tier, provinces, own_organisation) into is_writable
    from programme g where g.id = wanted for no key update; -- row level security hides what he may not write
  perform open_programme(wanted, provinces, own_organisation);
  if is_writable is not true then
    raise exception using errcode = 'PT403', message = 'outside-territory';
  end if;
  return wanted;
end
$$;

COMMENT ON FUNCTION public.locked_programme(wanted uuid, tier text, provinces text[], own_organisation uuid) IS 'The id of a programme that the caller may write, locked until the end of the transaction; else 404, 410 or 403.';

CREATE FUNCTION public.locked_project(wanted uuid, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
begin
  -- First the project, then its rows: all who change the same project queue here and none of them meets a deadlock.
  perform from project p where p.id = wanted for no key update;
  return open_project(wanted, provinces, own_organisation);
end
$$;

COMMENT ON FUNCTION public.locked_project(wanted uuid, provinces text[], own_organisation uuid) IS 'open_project(), locked until the end of the transaction.';

CREATE FUNCTION public.locked_record(of_type text, of_id uuid, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
begin
  if not record_held(of_type, of_id, provinces, own_organisation) then
    perform open_record(of_type, of_id, provinces, own_organisation);
  end if;
  return of_id;
end
$$;

COMMENT ON FUNCTION public.locked_record(of_type text, of_id uuid, provinces text[], own_organisation uuid) IS 'open_record(), locked until the end of the transaction.';

CREATE FUNCTION public.locked_voting_entry(of_id uuid, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
begin
  perform open_voting_entry(of_id, provinces, own_organisation);
  perform pg_advisory_xact_lock(hashtextextended('voting_round ' || e.round_id, 0)) from voting_entry e where e.id = of_id;
  perform from voting_entry e where e.id = of_id for no key update;
  return of_id;
end
$$;

CREATE FUNCTION public.log_certificate() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  what constant text := public.certificate_event(to_jsonb(old), to_jsonb(new));
  leaf_text text;
begin
  if what is null then
    return null;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('certificate_log', 0));
  leaf_text := jsonb_build_object('event', what, 'rid', new.public_no, 'version', new.version, 'scheme', new.scheme, 'status', new.status,
    'no', new.certificate_no, 'issuer', new.issuer_name, 'stars', new.stars, 'issued_on', new.issued_on, 'valid_to', new.valid_to,
    'recorded_at', public.instant(public.current_instant()))::text;
  perform public.merkle_append(new.id, leaf_text);
  return null;
end
$$;

CREATE FUNCTION public.log_entries_json(of_public_no text, wanted_size bigint) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
  size constant bigint := coalesce(wanted_size, merkle_size());
begin
  perform refuse_tree_size('tree_size', size, 1, merkle_size());
  return (
    select json_build_object('tree_size', size, 'root_hash', base64url(merkle_hash(0, size)), 'entries',
             json_agg(json_build_object('leaf_index', l.leaf_index, 'leaf', l.leaf, 'inclusion_path', hashes_json(merkle_inclusion(l.leaf_index, size)))
                      order by l.leaf_index))
      from certificate_log l
      join certificate c on c.id = l.certificate_id
     where c.public_no = of_public_no and l.leaf_index < size
    having count(*) > 0);
end
$$;

COMMENT ON FUNCTION public.log_entries_json(of_public_no text, wanted_size bigint) IS 'What the log says of a certificate, each entry with its proof for the tree of that size; null: nothing.';

CREATE FUNCTION public.lookup_key(words text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
  select trim(regexp_replace(regexp_replace(regexp_replace(
    translate(fold(words), 'y''’‘`´', 'i'), -- Mỹ and Mĩ; Ea H'leo and Ea Hleo
    '[^a-z0-9]+', ' ', 'g'),
    'c\M', 'k', 'g'), -- Đắc Lắc and Đắk Lắk
    '\m0+(?=[0-9])', '', 'g'))
$$;

COMMENT ON FUNCTION public.lookup_key(words text) IS 'A name for comparison: without marks, punctuation and leading zeros, with one letter where spelling wavers.';

CREATE FUNCTION public.made_part(of_type text, new_id uuid, body jsonb) RETURNS TABLE(id uuid, version integer)
    LANGUAGE plpgsql
    AS $_$
declare
  columns text;
begin
  perform refuse_faults(references_faults(of_type, body));
  body := body - array(select e.key from jsonb_each(body) e where e.value = 'null') || jsonb_build_object('id', new_id);
  columns := (select string_agg(quote_ident(member), ', ') from jsonb_object_keys(body) member);
  return query execute format('insert into %1$I (%2$s) select %2$s from jsonb_populate_record(null::%1$I, $1) returning id, version',
    of_type, columns) using body;
end
$_$;

COMMENT ON FUNCTION public.made_part(of_type text, new_id uuid, body jsonb) IS 'Inserts a row below a record; what is not sent takes the column''s default.';

CREATE FUNCTION public.made_record(of_type text, new_id uuid, body jsonb, provinces text[], own_organisation uuid, own_province text) RETURNS TABLE(id uuid, version integer)
    LANGUAGE plpgsql
    AS $_$
declare
  named record;
  faults jsonb := '[]';
  lies_in text;
  day date;
  columns text;
begin
  body := placed_body(body - array(select e.key from jsonb_each(body) e where e.value = 'null'));
  select x.project_id, x.project_line_id, x.province_code, l.project_id as project_of_line into named
    from jsonb_to_record(body) x (project_id uuid, project_line_id uuid, province_code text)
    left join project_line l on l.id = x.project_line_id and l.deleted_at is null
     and project_visible(l.project_id, provinces, own_organisation);
  faults := fault_if(not project_visible(named.project_id, provinces, own_organisation), '#/project_id', 'unknown_reference')
    || fault_if(named.project_line_id is not null
         and (named.project_of_line is null or named.project_of_line is distinct from coalesce(named.project_id, named.project_of_line)),
         '#/project_line_id', 'unknown_reference');
  perform refuse_faults(faults || references_faults(of_type, body));
  named.project_id := coalesce(named.project_id, named.project_of_line);
  if named.project_id is null then
    lies_in := coalesce(named.province_code, body #>> '{place,province_code}', own_province);
    day := coalesce((body #>> '{place,codes_on}')::date, province_day(lies_in, today()));
    perform refuse_faults(province_faults('#/province_code', lies_in, day));
    if not lies_in = any (provinces) then
      return;
    end if;
    body := body || jsonb_build_object('organisation_id', own_organisation, 'province_code', lies_in, 'codes_on', day);
  else
    body := body - 'province_code' || jsonb_build_object('project_id', named.project_id);
  end if;
  body := body || jsonb_build_object('id', new_id);
  columns := (select string_agg(quote_ident(member), ', ') from jsonb_object_keys(body) member);
  return query execute format('insert into %1$I (%2$s) select %2$s from jsonb_populate_record(null::%1$I, $1) returning id, version',
    of_type, columns) using body;
end
$_$;

COMMENT ON FUNCTION public.made_record(of_type text, new_id uuid, body jsonb, provinces text[], own_organisation uuid, own_province text) IS 'Inserts a record of the execution under the caller''s scope; no row when it would lie in a foreign province. What names a project is the project''s.';

CREATE FUNCTION public.made_voting_entry(new_id uuid, body jsonb, provinces text[], own_organisation uuid) RETURNS TABLE(id uuid, version integer)
    LANGUAGE plpgsql
    AS $$
declare
  p product;
  d voting_round;
  outcome constant jsonb := case when jsonb_typeof(body -> 'outcome') = 'object' then body -> 'outcome' end;
begin
  body := body - 'outcome' - array(select e.key from jsonb_each(body) e where e.value = 'null');
  select * into p from product x where x.id = (body ->> 'product_id')::uuid and x.deleted_at is null;
  select * into d from voting_round x where x.id = (body ->> 'round_id')::uuid and x.deleted_at is null
     and voting_seen(x.province_code, x.organisation_id, provinces, own_organisation);
  perform refuse_faults(fault_if(p.id is null, '#/product_id', 'unknown_reference') || fault_if(d.id is null, '#/round_id', 'unknown_reference')
    || voting_entry_faults(body, p, provinces, own_organisation)
    || fault_if(d.province_code <> p.province_code and province_on(d.province_code, d.codes_on, today()) is distinct from
         province_on(p.province_code, p.codes_on, today()), '#/round_id', 'voting_entry_other_province')
    || fault_if((outcome is not null) and coalesce(body ->> 'origin', 'native') = 'native', '#/outcome', 'voting_entry_outcome_origin')
    || fault_if(coalesce(body ->> 'origin', 'native') <> 'native' and body ->> 'evidence_grade' is null, '#/evidence_grade', 'voting_entry_evidence_required'));
  if p.province_code <> all (provinces) then
    return;
  end if;
  return query select m.id, m.version from made_part('voting_entry', new_id, jsonb_build_object('establishment_id', p.establishment_id) || body
    || coalesce(jsonb_strip_nulls(outcome), '{}')
    || jsonb_build_object('organisation_id', own_organisation, 'province_code', p.province_code, 'codes_on', p.codes_on)) m;
end
$$;

CREATE FUNCTION public.made_voting_record(of_type text, new_id uuid, body jsonb, tier text, provinces text[], own_organisation uuid, own_province text) RETURNS TABLE(id uuid, version integer)
    LANGUAGE plpgsql
    AS $$
declare
  lies_in text;
  day date := today();
begin
  body := body - array(select e.key from jsonb_each(body) e where e.value = 'null');
  perform refuse_faults(voting_references_faults(body, provinces, own_organisation));
  if body ? 'round_id' then
    select d.province_code into lies_in from voting_round d where d.id = (body ->> 'round_id')::uuid;
  elsif body ? 'entry_id' then
    select e.province_code into lies_in from voting_entry e where e.id = (body ->> 'entry_id')::uuid;
  elsif body ->> 'tier' not in ('central', 'region') then
    lies_in := coalesce(body ->> 'province_code', own_province);
    day := province_day(lies_in, day);
    perform refuse_faults(province_faults('#/province_code', lies_in, day));
  end if;
  if not (case when lies_in is null then coalesce(tier = 'central', false) else lies_in = any (provinces) end) then
    return;
  end if;
  return query select m.id, m.version from made_part(of_type, new_id, body - 'province_code' || jsonb_strip_nulls(jsonb_build_object(
    'organisation_id', own_organisation, 'province_code', lies_in, 'codes_on', day))) m;
end
$$;

CREATE FUNCTION public.manages_users_of(wanted uuid, own uuid, provinces text[]) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select exists (select from organisations_managed_by(own, provinces) managed where managed = wanted)
$$;

CREATE FUNCTION public.map_periods(codes text[]) RETURNS TABLE(code text, valid_from date, valid_to date)
    LANGUAGE sql STABLE
    AS $$
  with days as (
    select c.code, '-infinity'::date as day from unnest(codes) c (code)
    union select u.code, d.day from admin_unit u cross join lateral (values (u.valid_from), (u.assumed_from), (u.valid_to + 1)) d (day) where u.code = any (codes)
    union select m.code, d.day from admin_unit_map m cross join lateral (values (m.valid_from), (m.valid_to + 1)) d (day) where m.code = any (codes)
    union select m.province_code, d.day from region_member m cross join lateral (values (m.valid_from), (m.valid_to + 1)) d (day) where m.province_code = any (codes)
  )
  select d.code, d.day, coalesce(lead(d.day) over (partition by d.code order by d.day) - 1, 'infinity')
    from days d
   where d.day < 'infinity'
$$;

COMMENT ON FUNCTION public.map_periods(codes text[]) IS 'Adjoining periods of each code; nothing that is said of a province changes within one.';

CREATE FUNCTION public.marked_key(words text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
  select trim(regexp_replace(normalize(with_marks(words), NFD), '[^a-zđ0-9\u0300-\u036f]+', ' ', 'g'))
$$;

COMMENT ON FUNCTION public.marked_key(words text) IS 'A name for comparison that keeps its marks.';

CREATE FUNCTION public.masked(value text, shown integer DEFAULT 0) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select '***' || right(value, least(shown, length(value) / 3)) where value is not null
$$;

COMMENT ON FUNCTION public.masked(value text, shown integer) IS 'Three stars and at most the last `shown` characters.';

CREATE FUNCTION public.may_manage_users_of(wanted uuid, own uuid, provinces text[]) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select wanted is null or manages_users_of(wanted, own, provinces) or not exists (select from organisation o where o.id = wanted)
$$;

COMMENT ON FUNCTION public.may_manage_users_of(wanted uuid, own uuid, provinces text[]) IS 'For new records: null is the own organisation, and one that does not exist passes here, since the reference refuses it by name.';

CREATE FUNCTION public.measure_unit_label(measure_unit text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select l.label
    from (values ('person', 'người'), ('person_turn', 'lượt người'), ('class', 'lớp'), ('delegation', 'đoàn'), ('establishment', 'cơ sở'),
                 ('model', 'mô hình'), ('machine', 'máy'), ('technology_line', 'dây chuyền'), ('product', 'sản phẩm'), ('fair', 'hội chợ'),
                 ('booth', 'gian hàng'), ('brand', 'nhãn hiệu'), ('showroom', 'phòng trưng bày'), ('cluster', 'cụm'), ('association', 'hội'),
                 ('system', 'hệ thống'), ('trade', 'nghề'), ('vnd', 'đồng'), ('percent', '%'), ('project', 'đề án'), ('line', 'hạng mục')) l (unit, label)
   where l.unit = measure_unit
$$;

CREATE FUNCTION public.members_changed(before jsonb, after jsonb) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select array_agg(m.key order by m.key)
    from jsonb_each(after) m
   where m.value <> coalesce(before -> m.key, 'null')
     and m.key <> all ('{id,version,status,organisation_id,province_code,codes_on,origin,history_quality,folded,created_at,created_by,
                         updated_at,updated_by}'::text[])
$$;

COMMENT ON FUNCTION public.members_changed(before jsonb, after jsonb) IS 'Names of what people write that differs between two states of a row.';

CREATE FUNCTION public.merkle_add(at_place bigint, hash bytea) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  at_level integer := 0;
begin
  insert into merkle_node (level, place, hash) values (at_level, at_place, hash);
  while at_place % 2 = 1 loop
    hash := merkle_node_hash((select n.hash from merkle_node n where n.level = at_level and n.place = at_place - 1), hash);
    at_level := at_level + 1;
    at_place := at_place / 2;
    insert into merkle_node (level, place, hash) values (at_level, at_place, hash);
  end loop;
end
$$;

COMMENT ON FUNCTION public.merkle_add(at_place bigint, hash bytea) IS 'The hash of a leaf, and of every subtree that it makes full.';

CREATE FUNCTION public.merkle_append(of_certificate uuid, leaf text) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
  place constant bigint := merkle_size();
begin
  insert into certificate_log (leaf_index, certificate_id, leaf) values (place, of_certificate, leaf);
  perform merkle_add(place, merkle_leaf_hash(convert_to(leaf, 'UTF8')));
end
$$;

CREATE FUNCTION public.merkle_consistency(old_size bigint, size bigint, first bigint DEFAULT 0, is_whole boolean DEFAULT true) RETURNS bytea[]
    LANGUAGE plpgsql STABLE
    AS $$
declare
  half bigint;
begin
  if old_size = size then
    return case when is_whole then '{}' else array[merkle_hash(first, size)] end;
  end if;
  half := merkle_split(size);
  if old_size <= half then
    return merkle_consistency(old_size, half, first, is_whole) || merkle_hash(first + half, size - half);
  end if;
  return merkle_consistency(old_size - half, size - half, first + half, false) || merkle_hash(first, half);
end
$$;

COMMENT ON FUNCTION public.merkle_consistency(old_size bigint, size bigint, first bigint, is_whole boolean) IS 'SUBPROOF(old_size, D[first : first + size], is_whole) for 0 < old_size <= size.';

CREATE FUNCTION public.merkle_hash(first bigint, leaves bigint) RETURNS bytea
    LANGUAGE plpgsql STABLE
    AS $$
declare
  half bigint;
begin
  if leaves = 0 then
    return sha256('');
  elsif leaves & (leaves - 1) = 0 then
    return (select n.hash from merkle_node n where n.level = round(log(2, leaves::numeric))::integer and n.place = first / leaves);
  end if;
  half := merkle_split(leaves);
  return merkle_node_hash(merkle_hash(first, half), merkle_hash(first + half, leaves - half));
end
$$;

CREATE FUNCTION public.merkle_inclusion(leaf bigint, size bigint, first bigint DEFAULT 0) RETURNS bytea[]
    LANGUAGE plpgsql STABLE
    AS $$
declare
  half bigint;
begin
  if size <= 1 then
    return '{}';
  end if;
  half := merkle_split(size);
  if leaf < half then
    return merkle_inclusion(leaf, half, first) || merkle_hash(first + half, size - half);
  end if;
  return merkle_inclusion(leaf - half, size - half, first + half) || merkle_hash(first, half);
end
$$;

COMMENT ON FUNCTION public.merkle_inclusion(leaf bigint, size bigint, first bigint) IS 'PATH(leaf, D[first : first + size]), from the leaf up.';

CREATE FUNCTION public.merkle_leaf_hash(leaf bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
  select sha256('\x00'::bytea || leaf)
$$;

CREATE FUNCTION public.merkle_node_hash(left_hash bytea, right_hash bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
  select sha256('\x01'::bytea || left_hash || right_hash)
$$;

COMMENT ON FUNCTION public.merkle_node_hash(left_hash bytea, right_hash bytea) IS 'Another first byte than that of a leaf, so that no leaf passes for a node.';

CREATE FUNCTION public.merkle_size() RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
  select coalesce(max(leaf_index) + 1, 0) from certificate_log
$$;

CREATE FUNCTION public.merkle_split(leaves bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
  select 1::bigint << (floor(log(2, (leaves - 1)::numeric))::integer)
$$;

COMMENT ON FUNCTION public.merkle_split(leaves bigint) IS 'The largest power of two below the number of leaves (two or more).';

CREATE FUNCTION public.mirrored_certificate(b public.certificate, of_scheme text, provinces text[], own_organisation uuid) RETURNS public.certificate
    LANGUAGE plpgsql STABLE
    AS $$
declare
  p product;
  e establishment;
  o organisation;
  r ocop_registration;
begin
  select * into p from product where id = b.product_id and deleted_at is null;
  select * into e from establishment where id = coalesce(b.establishment_id, p.establishment_id) and deleted_at is null;
  select * into o from organisation where id = b.issuer_id and deleted_at is null;
  select * into r from ocop_registration x
   where x.id = b.registration_id and x.deleted_at is null
     and (x.province_code = any (provinces) or x.organisation_id = own_organisation);
  perform refuse_faults(
       fault_if(b.product_id is null, '#/product_id', 'required')
    || fault_if(b.product_id is not null and p.id is null, '#/product_id', 'unknown_reference')
    || fault_if(p.id is not null and e.id is null, '#/establishment_id', 'unknown_reference')
    || fault_if(b.issuer_id is not null and o.id is null, '#/issuer_id', 'unknown_reference')
    || fault_if(b.issuer_id is null and b.issuer_name is null, '#/issuer_name', 'required')
    || fault_if(b.registration_id is not null and (r.id is null or r.product_id is distinct from p.id), '#/registration_id', 'unknown_reference')
    || fault_if(b.product_set_id is not null and not exists (select from ocop_product_set s where s.id = b.product_set_id),
         '#/product_set_id', 'unknown_reference')
    || fault_if(coalesce(b.tier, o.tier) is null, '#/tier', 'required')
    || fault_if(of_scheme = 'ocop' and b.stars is null, '#/stars', 'required')
    || fault_if(b.decision is null, '#/decision', 'required')
    || fault_if(b.evidence_grade is null, '#/evidence_grade', 'certificate_evidence_required'));
  b.scheme := of_scheme;
  b.establishment_id := e.id;
  b.tier := coalesce(b.tier, o.tier);
  b.issuer_name := coalesce(b.issuer_name, o.name);
  b.product_code := coalesce(b.product_code, r.product_code);
  b.product_set_id := coalesce(b.product_set_id, r.product_set_id);
  b.history_quality := coalesce(b.history_quality, 'final_state_only');
  select t.province_code, t.codes_on into b.province_code, b.codes_on
    from ocop_registration_territory(e.id, b.product_code, b.issued_on, provinces) t;
  return b;
end
$$;

COMMENT ON FUNCTION public.mirrored_certificate(b public.certificate, of_scheme text, provinces text[], own_organisation uuid) IS 'The row of a certificate of another system, or 422 with everything that is wrong.';

CREATE FUNCTION public.missing_from(of_type text, of_id uuid, on_day date) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $_$
declare
  faults jsonb;
begin
  execute format('select %I(r, $2) from %I r where r.id = $1', of_type || '_missing', of_type) into faults using of_id, on_day;
  return faults;
end
$_$;

COMMENT ON FUNCTION public.missing_from(of_type text, of_id uuid, on_day date) IS 'What a record lacks for its submission: asks <record type>_missing(record, day).';

CREATE FUNCTION public.money_of(of_project uuid, of_line uuid DEFAULT NULL::uuid, of_contract uuid DEFAULT NULL::uuid, of_year integer DEFAULT NULL::integer, of_source text DEFAULT NULL::text) RETURNS public.money_sums
    LANGUAGE sql STABLE
    AS $$
  select coalesce(sum(e.effect_vnd) filter (where e.counts_as = 'commitment'), 0)::bigint,
         coalesce(sum(e.effect_vnd) filter (where e.counts_as = 'advance'), 0)::bigint,
         coalesce(sum(e.effect_vnd) filter (where e.counts_as in ('advance', 'payment')), 0)::bigint,
         coalesce(sum(e.effect_vnd) filter (where e.counts_as = 'recovery'), 0)::bigint
    from ledger_entry e
   where e.project_id = of_project
     and (of_line is null or e.line_id = of_line)
     and (of_contract is null or e.contract_id = of_contract)
     and (of_year is null or e.year = of_year)
     and (of_source is null or e.source = of_source)
$$;

COMMENT ON FUNCTION public.money_of(of_project uuid, of_line uuid, of_contract uuid, of_year integer, of_source text) IS 'Sums of a project''s entries, or of those of a line, contract, year, source.';

CREATE FUNCTION public.money_tally(q public.report_question) RETURNS TABLE(province_code text, codes_on date, places jsonb, disbursed_vnd bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  return query execute
    'select p.province_code, p.codes_on, ' || public.tally_places(q) || ',
       sum(case e.counts_as when ''recovery'' then - e.effect_vnd else e.effect_vnd end)::bigint
     from public.ledger_entry e
     join public.project p on p.id = e.project_id
     where e.counts_as in (''advance'', ''payment'', ''recovery'') and ' || public.tally_condition() || ' group by 1, 2, 3'
    using q, public.claimed_provinces(q.provinces), public.claimed_organisation(q.own_organisation), q."from", q."to";
end
$$;

COMMENT ON FUNCTION public.money_tally(q public.report_question) IS 'What was paid, less what came back, to the projects of report_projects().';

CREATE FUNCTION public.move_products() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if (old.province_code, old.codes_on) is distinct from (new.province_code, new.codes_on) then
    update product
       set province_code = new.province_code, codes_on = new.codes_on, version = version + 1
     where establishment_id = new.id;
  end if;
  return null;
end
$$;

CREATE TABLE public.approving_authority (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    record_type text NOT NULL,
    action text NOT NULL,
    level text NOT NULL,
    tier text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    signs text[] NOT NULL,
    issuers text[] NOT NULL,
    legal_basis text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    certainty text NOT NULL,
    note text,
    CONSTRAINT approving_authority_certainty_known CHECK ((certainty = ANY (ARRAY['verified'::text, 'second_hand'::text, 'uncertain'::text]))),
    CONSTRAINT approving_authority_ends_after_starts CHECK ((valid_to >= valid_from)),
    CONSTRAINT approving_authority_level_known CHECK ((level = ANY (ARRAY['national'::text, 'local'::text]))),
    CONSTRAINT approving_authority_tier_known CHECK ((tier = ANY (ARRAY['central'::text, 'province'::text, 'district'::text, 'commune'::text])))
);

ALTER TABLE ONLY public.approving_authority FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.approving_authority IS 'Whose decision an approval rests on (thẩm quyền phê duyệt), over time; loaded from db/reference/approving_authorities.csv. The day of the act chooses the row; another authority''s decision is pointed to, never refused.';

COMMENT ON COLUMN public.approving_authority.tier IS 'Of the organisation that enters the decision.';

COMMENT ON COLUMN public.approving_authority.signs IS 'What the number of its decisions ends with, behind the slash: QĐ-TTg.';

COMMENT ON COLUMN public.approving_authority.issuers IS 'Words of the issuer''s name, any of which names it.';

CREATE FUNCTION public.names_authority(a public.approving_authority, documents jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
  select exists (
    select from jsonb_array_elements(documents) paper
     where paper ->> 'kind' in ('decision', 'resolution')
       and (split_part(paper ->> 'document_no', '/', -1) = any (a.signs)
            or exists (select from unnest(a.issuers) word where fold(paper ->> 'issuer_name') like '%' || fold(word) || '%')))
$$;

COMMENT ON FUNCTION public.names_authority(a public.approving_authority, documents jsonb) IS 'Does a decision among the papers come from it, by its number or its issuer?';

CREATE FUNCTION public.new_ocop_certificate(b public.certificate, wanted uuid, provinces text[], own_organisation uuid) RETURNS TABLE(id uuid, version integer)
    LANGUAGE plpgsql
    AS $$
declare
  c certificate := mirrored_certificate(b, 'ocop', provinces, own_organisation);
begin
  if c.province_code = any (provinces) then
    c.id := wanted;
    c.organisation_id := own_organisation;
    return query select k.id, k.version from certificate_issue(c) k;
  end if;
end
$$;

COMMENT ON FUNCTION public.new_ocop_certificate(b public.certificate, wanted uuid, provinces text[], own_organisation uuid) IS 'No row: the territory is not the caller''s.';

CREATE SEQUENCE public.report_snapshot_code
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.report_snapshot (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    code text DEFAULT public.printed_code('BC'::text, 'public.report_snapshot_code'::regclass) NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    report text NOT NULL,
    "from" date NOT NULL,
    "to" date NOT NULL,
    geo_basis text NOT NULL,
    filters jsonb NOT NULL,
    as_of timestamp with time zone NOT NULL,
    sha256 text NOT NULL,
    body text NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    sent_to_id uuid,
    sent_on date,
    organisation_id uuid NOT NULL,
    province_code text,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT report_snapshot_body_digest CHECK ((sha256 = encode(sha256(convert_to(body, 'UTF8'::name)), 'hex'::text))),
    CONSTRAINT report_snapshot_sent_whole CHECK (((status = 'sent'::text) = ((sent_to_id IS NOT NULL) AND (sent_on IS NOT NULL)))),
    CONSTRAINT report_snapshot_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'sent'::text]))),
    CONSTRAINT report_snapshot_to_after_from CHECK (("to" >= "from"))
);

ALTER TABLE ONLY public.report_snapshot FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.report_snapshot IS 'Reports as they were at an hour (báo cáo đã chốt): the same bytes for ever.';

COMMENT ON COLUMN public.report_snapshot.report IS 'Name of the report, as in its path.';

COMMENT ON COLUMN public.report_snapshot.filters IS 'What else was asked.';

COMMENT ON COLUMN public.report_snapshot.as_of IS 'When the figures were counted.';

COMMENT ON COLUMN public.report_snapshot.sha256 IS 'Of the body, in UTF-8.';

COMMENT ON COLUMN public.report_snapshot.body IS 'The answer as JSON; every medium is made from it.';

COMMENT ON COLUMN public.report_snapshot.sent_to_id IS 'The organisation that it was sent to, which reads it from then on.';

COMMENT ON COLUMN public.report_snapshot.organisation_id IS 'Who froze it: it holds what this organisation sees.';

CREATE FUNCTION public.new_report_snapshot(given jsonb, provinces text[], own_organisation uuid) RETURNS public.report_snapshot
    LANGUAGE plpgsql STABLE
    AS $$
declare
  s report_snapshot;
  q report_question;
begin
  q := report_question(given, provinces, own_organisation);
  s.report := given ->> 'report';
  s.body := report_body(s.report, q);
  s."from" := s.body::json ->> 'from';
  s."to" := s.body::json ->> 'to';
  s.geo_basis := q.geo_basis;
  s.filters := jsonb_strip_nulls(report_filters(q));
  s.as_of := current_instant();
  s.sha256 := encode(sha256(convert_to(s.body, 'UTF8')), 'hex');
  s.note := given ->> 'note';
  return s;
end
$$;

CREATE FUNCTION public.next_version(current_version integer, wanted bigint) RETURNS integer
    LANGUAGE plpgsql
    AS $$
begin
  if wanted is distinct from current_version and wanted is not null then
    raise exception using errcode = 'PT412', message = 'stale',
      detail = jsonb_build_object('current_version', current_version);
  end if;
  return current_version + 1;
end
$$;

COMMENT ON FUNCTION public.next_version(current_version integer, wanted bigint) IS 'The version after a change that was based on `wanted`; null: on whatever it is (upserts).';

CREATE FUNCTION public.no_years(first_year integer, last_year integer, prefix text) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select coalesce(jsonb_object_agg(prefix || y, 0), '{}') from generate_series(first_year, last_year) y
$$;

CREATE FUNCTION public.norm_basis_json(n public.norm) RETURNS json
    LANGUAGE sql IMMUTABLE
    AS $$
  select case when n.legal_document_no is not null then
    json_build_object('document_no', n.legal_document_no, 'article', n.legal_article) end
$$;

CREATE FUNCTION public.norm_check_json(question jsonb) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
  on_day constant date := coalesce((question ->> 'valid_on')::date, today());
  asked jsonb := question;
  limits norm_limit[];
  is_group constant boolean := exists (
    select from activity a where a.parent_code = question ->> 'activity_code' and in_days(on_day, a.valid_from, a.valid_to));
  support constant bigint := question ->> 'support_vnd';
begin
  if not exists (select from activity a where a.code = question ->> 'activity_code' and in_days(on_day, a.valid_from, a.valid_to)) then
    perform refuse('#/activity_code', 'unknown_reference');
  elsif question ->> 'level' = 'local' and jsonb_typeof(question -> 'place') is distinct from 'object' then
    perform refuse('#/place', 'norm_check_place_given');
  end if;
  if asked ? 'place' then -- its codes are those of the day asked about
    asked := jsonb_set(asked, '{place}', place_checked('#/place', jsonb_build_object('codes_on', on_day) || (asked -> 'place')));
  end if;
  limits := array(select l from norm_limits(asked, on_day) l);
  return (
    select json_build_object(
      'is_allowed', case when support is not null and bool_or(l.is_counted) then
        not coalesce(bool_or(support > least(l.percent_limit, l.cap_limit)) filter (where l.is_counted and (l.norm).enforcement = 'block'), false) end,
      'max_support_vnd', min(least(l.percent_limit, l.cap_limit)) filter (where l.is_counted),
      'valid_on', on_day,
      'activity_code', question ->> 'activity_code',
      'level', question ->> 'level',
      'eligible_cost_vnd', (question ->> 'eligible_cost_vnd')::bigint,
      'quantity', coalesce((question ->> 'quantity')::bigint, 1),
      'support_vnd', support,
      'limits', coalesce(json_agg(json_build_object(
          'norm_id', (l.norm).id,
          'norm_code', (l.norm).code,
          'activity_code', (l.norm).activity_code,
          'name_vi', (l.norm).name_vi,
          'name_en', (l.norm).name_en,
          'level', (l.norm).level,
          'percent_max', (l.norm).percent_max,
          'percent_base', (l.norm).percent_base,
          'percent_limit_vnd', l.percent_limit,
          'cap_vnd', (l.norm).cap_vnd,
          'multiplier', trim_scale((l.norm).multiplier),
          'per', (l.norm).per,
          'cap_limit_vnd', l.cap_limit,
          'limit_vnd', least(l.percent_limit, l.cap_limit),
          'reason', l.verdict,
          'is_counted', l.is_counted,
          'conditions', (l.norm).conditions,
          'legal_basis', norm_basis_json(l.norm),
          'valid_from', (l.norm).valid_from,
          'valid_to', (l.norm).valid_to,
          'certainty', (l.norm).certainty,
          'dates_certainty', (l.norm).dates_certainty,
          'enforcement', (l.norm).enforcement,
          'note', (l.norm).note) order by l.is_counted desc, (l.norm).code), '[]'),
      'warnings', norm_warnings(asked, is_group, limits))
      from unnest(limits) l);
end
$$;

COMMENT ON FUNCTION public.norm_check_json(question jsonb) IS 'What support an activity could get at a place on a day, by which norms. Stores nothing.';

CREATE FUNCTION public.norm_coverage(norm_id uuid, place jsonb, on_day date) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
declare
  recorded_on constant date := (place ->> 'codes_on')::date;
  unit norm_territory;
  lies_in text;
  answer text := 'none';
begin
  for unit in select t.* from norm_territory t where t.norm_id = norm_coverage.norm_id and in_days(on_day, t.valid_from, t.valid_to) loop
    lies_in := province_on(place ->> 'province_code', recorded_on, unit.codes_on, place ->> 'commune_code');
    if lies_in = unit.province_code then
      return 'whole';
    elsif lies_in is null and exists ( -- a province that was several units, or a commune of parts of several
        select from admin_unit_map m
         where m.code = place ->> 'province_code' and recorded_on between m.valid_from and m.valid_to
           and m.on_code = unit.province_code and unit.codes_on between m.on_from and m.on_to) then
      answer := 'part';
    end if;
  end loop;
  return answer;
end
$$;

COMMENT ON FUNCTION public.norm_coverage(norm_id uuid, place jsonb, on_day date) IS 'Does a local norm hold at a place: whole, none, or part, where the place is too large to say.';

CREATE FUNCTION public.norm_faults(of_project uuid, on_day date, actual jsonb DEFAULT '{}'::jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  part record;
  faults jsonb := '[]';
begin
  -- What one establishment gets for one activity is one support, in however many lines it stands.
  for part in
    select (array_agg(c.line order by c.line_no))[1] as line, min(c.line_no) as line_no, bool_or((c.line).is_technology_line) as is_technology_line,
           coalesce(sum((c.line).quantity), 1) as quantity,
           sum(coalesce((actual #>> array[(c.line).id::text, 'eligible_cost_vnd'])::bigint, (c.line).eligible_cost_vnd))::bigint as cost,
           sum(coalesce((actual #>> array[(c.line).id::text, 'support_vnd'])::bigint, (c.line).support_vnd))::bigint as support
      from checked_lines(of_project) c
     where (c.line).support_vnd > 0 and (c.line).activity_code is not null
     group by (c.line).activity_code, coalesce((c.line).establishment_id, (c.line).id)
     order by min(c.line_no)
  loop
    faults := faults || overridden(
      norms_exceeded(part.line, part.line_no, part.cost, part.support, part.quantity, part.is_technology_line, on_day),
      (part.line).id, 'g3', on_day);
  end loop;
  return faults;
end
$$;

COMMENT ON FUNCTION public.norm_faults(of_project uuid, on_day date, actual jsonb) IS 'G3 for all lines: support above a norm. actual: {line_id: {eligible_cost_vnd, support_vnd}} in the place of what was planned, as at a settlement.';

CREATE FUNCTION public.norm_json(n public.norm) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select (jsonb_build_object(
    'id', n.id,
    'code', n.code,
    'activity_code', n.activity_code,
    'name_vi', n.name_vi,
    'name_en', n.name_en,
    'level', n.level,
    'percent_max', n.percent_max,
    'percent_base', n.percent_base,
    'cap_vnd', n.cap_vnd,
    'multiplier', trim_scale(n.multiplier),
    'per', n.per,
    'conditions', n.conditions,
    'territory', (
      select coalesce(json_agg(json_build_object('province_code', t.province_code, 'codes_on', t.codes_on,
               'province', admin_unit_name(t.province_code, t.codes_on), 'valid_from', t.valid_from, 'valid_to', t.valid_to)
               order by t.province_code, t.codes_on, t.valid_from), '[]')
        from norm_territory t where t.norm_id = n.id),
    'legal_basis', norm_basis_json(n),
    'valid_from', n.valid_from,
    'valid_to', n.valid_to,
    'certainty', n.certainty,
    'dates_certainty', n.dates_certainty,
    'enforcement', n.enforcement,
    'note', n.note)
    || rule_json('norm', to_jsonb(n)))::json
$$;

CREATE FUNCTION public.norm_limits(asked jsonb, on_day date) RETURNS SETOF public.norm_limit
    LANGUAGE sql STABLE
    AS $$
  with question as (
    select a.activity_code, a.level, a.eligible_cost_vnd, coalesce(a.quantity, 1) as quantity,
           jsonb_build_object('is_technology_line', coalesce(a.is_technology_line, false),
             'is_in_difficult_area', coalesce(a.is_in_difficult_area, false)) as traits
      from jsonb_to_record(asked) a (activity_code text, level text, eligible_cost_vnd bigint, quantity bigint,
                                     is_technology_line boolean, is_in_difficult_area boolean)
  ), reached as (
    select n as norm, q as question,
           case when n.level = 'national' then 'whole' else norm_coverage(n.id, asked -> 'place', on_day) end as covers,
           q.traits @> n.conditions as is_met,
           floor(n.percent_max * q.eligible_cost_vnd / 100)::bigint as percent_limit,
           case when n.cap_vnd is not null then least(floor(n.cap_vnd * n.multiplier * q.quantity), 9007199254740991)::bigint end as cap_limit
      from question q
      join norm n on n.activity_code = q.activity_code
                  or n.activity_code in (select a.code from activity a
                                          where a.parent_code = q.activity_code and in_days(on_day, a.valid_from, a.valid_to))
     where (n.level = 'national' or q.level = 'local') and in_days(on_day, n.valid_from, n.valid_to)
  ), judged as (
    select r.norm, r.covers, r.percent_limit, r.cap_limit,
           case when (r.norm).activity_code <> (r.question).activity_code then 'other_activity'
                when r.covers = 'part' then 'territory_unclear'
                when not r.is_met then 'condition_missing'
                when exists (select from reached s
                              where s.is_met and s.covers = 'whole' and (s.norm).activity_code = (r.norm).activity_code
                                and (s.norm).level = (r.norm).level and (s.norm).conditions @> (r.norm).conditions
                                and (s.norm).conditions <> (r.norm).conditions) then 'superseded'
                when least(r.percent_limit, r.cap_limit) is null then 'no_figure'
                when r.cap_limit is null or r.percent_limit <= r.cap_limit then 'percentage'
                else 'cap' end as verdict
      from reached r
     where r.covers <> 'none'
  )
  select j.norm, j.percent_limit, j.cap_limit, j.verdict, j.verdict in ('percentage', 'cap') from judged j
$$;

COMMENT ON FUNCTION public.norm_limits(asked jsonb, on_day date) IS 'The norms that come into question, each with both limits, and which of the two decides or why it does not count.';

CREATE FUNCTION public.norm_row_faults(of_norm uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if(a.code is null, '#/activity_code', 'unknown_reference')
      || fault_if((n.level = 'local') <> exists (select from norm_territory t where t.norm_id = n.id), '#/territory', 'norm_territory_given')
      || coalesce((
           select jsonb_agg(f order by t.province_code)
             from norm_territory t cross join jsonb_array_elements(province_faults('#/territory', t.province_code, t.codes_on)) f
            where t.norm_id = n.id), '[]')
    from norm n
    left join activity a on a.code = n.activity_code and a.parent_code is not null
   where n.id = of_norm
$$;

CREATE FUNCTION public.norm_warnings(asked jsonb, is_group boolean, limits public.norm_limit[]) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  with judged as (
    select l.* from unnest(limits) l
  ), raised as (
    select 1 as place, 'activity_group' as code, null::norm as norm where is_group
    union all
    select 2, 'no_norm', null where not is_group and not exists (select from judged where is_counted)
    union all
    select 3, 'local_norm_unknown', null
     where asked ->> 'level' = 'local' and not is_group and not exists (select from judged j where j.is_counted and (j.norm).level = 'local')
    union all
    select 4, 'territory_unclear', j.norm from judged j where j.verdict = 'territory_unclear'
    union all
    select 5, 'no_figure', j.norm from judged j where j.verdict = 'no_figure'
    union all
    select 6, 'uncertain_norm', j.norm from judged j where j.is_counted and (j.norm).certainty <> 'verified'
    union all
    select 7, 'uncertain_dates', j.norm from judged j where j.is_counted and (j.norm).dates_certainty <> 'verified'
    union all
    select 8, 'above_uncertain_norm', j.norm
      from judged j
     where j.is_counted and (j.norm).enforcement = 'warn' and (asked ->> 'support_vnd')::bigint > least(j.percent_limit, j.cap_limit)
    union all
    select 9, 'several_units', null
     where (asked ->> 'quantity')::bigint > 1 and exists (select from judged where is_counted and cap_limit is not null)
  )
  select coalesce(json_agg(json_build_object('code', r.code, 'norm_id', (r.norm).id, 'label_vi', t.vi, 'label_en', t.en)
           order by r.place, (r.norm).code), '[]')
    from raised r
    join (values
      ('activity_group', 'Đây là nhóm nội dung; hãy chọn nội dung con để biết mức tối đa.', 'This is a group of activities; name a child activity to learn the maximum.'),
      ('no_norm', 'Chưa có định mức nào tính được cho câu hỏi này.', 'No norm is known that answers this question.'),
      ('local_norm_unknown', 'Chưa biết mức của địa phương; mức của trung ương chỉ là khung.', 'The province''s own norm is not known here; the national one is only its frame.'),
      ('territory_unclear', 'Định mức này chỉ áp dụng cho một phần của tỉnh; hãy cho biết xã, phường.', 'This norm holds in a part of the province only; name the commune.'),
      ('no_figure', 'Định mức này chưa có con số ở đây; xem văn bản.', 'This norm has no figure here; see the document.'),
      ('uncertain_norm', 'Con số chưa được xác nhận; chỉ để cảnh báo.', 'The figures are not confirmed; they only warn.'),
      ('uncertain_dates', 'Ngày hiệu lực chưa được xác nhận.', 'The days in force are not confirmed.'),
      ('above_uncertain_norm', 'Mức đề nghị cao hơn một định mức chưa được xác nhận.', 'The support asked for is above a norm that is not confirmed.'),
      ('several_units', 'Mức tối đa tính cho nhiều đơn vị cộng lại; mỗi đơn vị vẫn phải trong mức của mình.', 'The maximum is that of several units together; each must also keep to its own.')
    ) t (code, vi, en) on t.code = r.code
$$;

COMMENT ON FUNCTION public.norm_warnings(asked jsonb, is_group boolean, limits public.norm_limit[]) IS 'What a person should know before relying on the answer.';

CREATE FUNCTION public.norms_exceeded(l public.project_line, line_no integer, cost bigint, support bigint, quantity numeric, is_technology_line boolean, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  with held as (
    select b.*, (b.norm).name_vi as vi, (b.norm).name_en as en,
           concat_ws(', ', (b.norm).legal_article, (b.norm).legal_document_no) as basis
      from beneficiary_limits(l, cost, quantity, is_technology_line, on_day) b
  ), found as (
    select h.norm, line_fault('g3', 'guard_g3_norm', line_no, 'support_vnd',
             format('Hạng mục "%s": hỗ trợ %s, vượt mức %s của định mức "%s" (%s): %s chi phí được tính là %s, mức trần %s.', l.title,
               dong(support, 'vi'), dong(h.limit_vnd, 'vi'), h.vi, h.basis,
               coalesce(replace(trim_scale((h.norm).percent_max)::text, '.', ',') || '%', 'tỷ lệ trên'), coalesce(dong(h.percent_limit, 'vi'), 'không quy định'),
               coalesce(dong(h.cap_limit, 'vi'), 'không quy định')),
             format('Line "%s": support of %s is above %s, the limit of the norm "%s" (%s): %s of the eligible cost is %s, the cap is %s.', l.title,
               dong(support, 'en'), dong(h.limit_vnd, 'en'), h.en, h.basis,
               coalesce(trim_scale((h.norm).percent_max)::text || '%', 'the share'), coalesce(dong(h.percent_limit, 'en'), 'not set'),
               coalesce(dong(h.cap_limit, 'en'), 'not set')),
             h.basis, (h.norm).certainty, (h.norm).enforcement,
             jsonb_build_object('line_id', l.id, 'norm_code', (h.norm).code, 'support_vnd', support, 'eligible_cost_vnd', cost,
               'percent_limit_vnd', h.percent_limit, 'cap_limit_vnd', h.cap_limit, 'limit_vnd', h.limit_vnd)) as fault
      from held h
     where support > h.limit_vnd
    union all
    select null, line_fault('g3', 'guard_g3_unknown', line_no, 'activity_code',
             format('Hạng mục "%s": chưa có định mức nào tính được cho nội dung %s; cần ghi nội dung con.', l.title, l.activity_code),
             format('Line "%s": no norm is known for activity %s; name a child activity.', l.title, l.activity_code),
             r.legal_basis, r.certainty, r.enforcement, jsonb_build_object('line_id', l.id, 'activity_code', l.activity_code))
      from check_rules('g3', on_day) r
     where r.kind = 'norm_known' and not exists (select from held)
  )
  select coalesce(jsonb_agg(f.fault order by (f.norm).code), '[]') from found f
$$;

CREATE FUNCTION public.ocop_checklist(r public.ocop_registration, day date) RETURNS TABLE(requirement public.document_requirement, in_force boolean, entry jsonb)
    LANGUAGE sql STABLE
    AS $$
  with said as (
    select e as entry, e ->> 'requirement_code' as code from jsonb_array_elements(r.checklist) e
  ), asked as (
    select d as requirement, d.code
      from document_requirement d
     where r.origin = 'native' and d.record_type = 'ocop_registration'
       and day >= d.valid_from and (d.valid_to is null or day <= d.valid_to)
       and (not d.needs_sample
            or coalesce((select s.is_sample_required from ocop_product_set s where s.id = r.product_set_id), true))
  )
  select coalesce(asked.requirement, (
           select d from document_requirement d
            where d.record_type = 'ocop_registration' and d.code = said.code
            order by d.valid_from desc limit 1)),
         asked.code is not null, said.entry
    from asked full join said on said.code = asked.code
$$;

CREATE FUNCTION public.ocop_checklist_completed(checklist jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
  select coalesce(jsonb_agg(jsonb_build_object(
           'requirement_code', e ->> 'requirement_code',
           'status', coalesce(e ->> 'status',
             case when e ->> 'cited_from' is not null or jsonb_array_length(files) > 0 then 'provided' else 'missing' end),
           'file_ids', files, 'cited_from', e ->> 'cited_from') order by n), '[]')
    from jsonb_array_elements(checklist) with ordinality listed (e, n)
   cross join lateral (select case jsonb_typeof(e -> 'file_ids') when 'array' then e -> 'file_ids' else '[]' end as files) f
$$;

COMMENT ON FUNCTION public.ocop_checklist_completed(checklist jsonb) IS 'With every member; a paper that has a file or is cited counts as provided unless something else is said.';

CREATE FUNCTION public.ocop_checklist_faults(checklist jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select coalesce(jsonb_agg(fault order by n), '[]')
    from jsonb_array_elements(checklist) with ordinality listed (e, n)
   cross join lateral jsonb_array_elements(
        fault_if(not ocop_requirement_known(e ->> 'requirement_code'), '#/checklist/' || n - 1 || '/requirement_code', 'unknown_reference')
     || fault_if(not ocop_requirement_known(e ->> 'cited_from') or e ->> 'cited_from' = e ->> 'requirement_code',
          '#/checklist/' || n - 1 || '/cited_from', 'unknown_reference')
     || fault_if(exists (select from jsonb_array_elements(checklist) with ordinality other (o, m)
                          where m < n and o ->> 'requirement_code' = e ->> 'requirement_code'),
          '#/checklist/' || n - 1 || '/requirement_code', 'ocop_registration_checklist_shape')) fault
$$;

CREATE FUNCTION public.ocop_checklist_json(r public.ocop_registration) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select coalesce(json_agg(json_build_object(
           'requirement_code', (c.requirement).code, 'stage', (c.requirement).stage, 'label_vi', (c.requirement).label_vi,
           'label_en', (c.requirement).label_en, 'is_required', c.in_force and (c.requirement).is_required,
           'enforcement', (c.requirement).enforcement,
           'legal_basis', json_build_object('document_no', (c.requirement).legal_document_no, 'article', (c.requirement).legal_article),
           'status', coalesce(c.entry ->> 'status', 'missing'), 'file_ids', coalesce(c.entry -> 'file_ids', '[]'),
           'cited_from', c.entry ->> 'cited_from')
         order by (c.requirement).stage = 'submission' desc, (c.requirement).position, (c.requirement).code), '[]')
    from ocop_checklist(r, ocop_registration_day(r.submitted_on, r.recognition)) c
$$;

CREATE TABLE public.ocop_product_set (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    set_code text NOT NULL,
    set_no integer,
    name_vi text NOT NULL,
    sector_no text,
    sector text NOT NULL,
    "group" text,
    managing_agency text,
    is_sample_required boolean NOT NULL,
    part_a_max numeric NOT NULL,
    part_b_max numeric NOT NULL,
    part_c_max numeric NOT NULL,
    legal_document_no text NOT NULL,
    amended_by text[] DEFAULT '{}'::text[] NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    certainty text NOT NULL,
    dates_certainty text NOT NULL,
    enforcement text NOT NULL,
    certainty_mark text,
    note text,
    CONSTRAINT ocop_product_set_certainty_known CHECK ((certainty = ANY (ARRAY['verified'::text, 'second_hand'::text, 'uncertain'::text]))),
    CONSTRAINT ocop_product_set_dates_certainty_known CHECK ((dates_certainty = ANY (ARRAY['verified'::text, 'second_hand'::text, 'uncertain'::text]))),
    CONSTRAINT ocop_product_set_enforcement_known CHECK ((enforcement = ANY (ARRAY['block'::text, 'warn'::text]))),
    CONSTRAINT ocop_product_set_parts_sum CHECK ((((part_a_max + part_b_max) + part_c_max) = (100)::numeric)),
    CONSTRAINT ocop_product_set_valid_to_order CHECK ((valid_to >= valid_from))
);

ALTER TABLE ONLY public.ocop_product_set FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.ocop_product_set IS 'Product sets (bộ sản phẩm) of the decisions 1048/QĐ-TTg (2019), 148/QĐ-TTg (2023) and 26/2026/QĐ-TTg. Sets of different decisions are never taken for each other, whatever their names.';

COMMENT ON COLUMN public.ocop_product_set.set_no IS 'Number in the decision; null where it numbers none.';

COMMENT ON COLUMN public.ocop_product_set.sector IS 'Ngành hàng; sector_no its Roman number.';

COMMENT ON COLUMN public.ocop_product_set.is_sample_required IS 'Samples belong to the dossier: not for services.';

COMMENT ON COLUMN public.ocop_product_set.amended_by IS 'Decisions that changed the procedure under the same sets.';

COMMENT ON COLUMN public.ocop_product_set.certainty IS 'How well name, sector and agency are founded; certainty_mark is the mark of the source.';

COMMENT ON COLUMN public.ocop_product_set.dates_certainty IS 'How well valid_from and valid_to are founded. Uncertain days may be corrected: the row keeps its id.';

COMMENT ON COLUMN public.ocop_product_set.enforcement IS 'block: a dossier of another day is not accepted under it; warn: it is, with a warning.';

CREATE FUNCTION public.ocop_product_set_json(s public.ocop_product_set) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', s.id, 'set_code', s.set_code, 'set_no', s.set_no, 'name_vi', s.name_vi,
    'sector_no', s.sector_no, 'sector', s.sector, 'group', s."group", 'managing_agency', s.managing_agency,
    'is_sample_required', s.is_sample_required,
    'part_a_max', s.part_a_max, 'part_b_max', s.part_b_max, 'part_c_max', s.part_c_max,
    'legal_basis', json_build_object('document_no', s.legal_document_no, 'article', null), 'amended_by', s.amended_by,
    'valid_from', s.valid_from, 'valid_to', s.valid_to, 'certainty', s.certainty, 'dates_certainty', s.dates_certainty,
    'enforcement', s.enforcement, 'note', s.note)
$$;

CREATE FUNCTION public.ocop_registration_day(submitted_on date, recognition jsonb) RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select coalesce(submitted_on, (recognition ->> 'decided_on')::date, today())
$$;

COMMENT ON FUNCTION public.ocop_registration_day(submitted_on date, recognition jsonb) IS 'The day whose rules hold for a dossier: of submission, else of the decision, else today.';

CREATE FUNCTION public.ocop_registration_is_open(status text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select status in ('draft', 'supplement_requested')
$$;

COMMENT ON FUNCTION public.ocop_registration_is_open(status text) IS 'May the registrant still change what the dossier is about?';

CREATE FUNCTION public.ocop_registration_json(r public.ocop_registration) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', r.id, 'code', r.code, 'version', r.version, 'status', r.status,
    'stage', stage_of('ocop_registration', r.status),
    'allowed_actions', allowed_actions('ocop_registration', r.status, claim('app.tier'), acting_roles(), to_jsonb(r)),
    'product_id', r.product_id, 'product_name', r.product_name, 'establishment_id', r.establishment_id, 'kind', r.kind,
    'round_id', r.round_id, 'product_set_id', r.product_set_id, 'decided_under', r.decided_under,
    'submitted_on', r.submitted_on, 'tier', r.tier,
    'product_code', r.product_code, 'product_code_parts', product_code_parts(r.product_code),
    'checklist', ocop_checklist_json(r), 'recognition', recognition_json(r.recognition),
    'organisation_id', r.organisation_id, 'province_code', r.province_code, 'codes_on', r.codes_on,
    'province', admin_unit_name(r.province_code, r.codes_on), 'current', current_json(r.province_code, r.codes_on),
    'warnings', ocop_registration_warnings(r), 'evidence_grade', r.evidence_grade,
    'external_refs', external_refs_json('ocop_registration', r.id),
    'origin', r.origin, 'history_quality', r.history_quality, 'note', r.note,
    'created_at', instant(r.created_at), 'created_by', r.created_by,
    'updated_at', instant(r.updated_at), 'updated_by', r.updated_by)
$$;

CREATE FUNCTION public.ocop_registration_missing(r public.ocop_registration, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select required_for_submit('ocop_registration', to_jsonb(r), case
             when product_set_in_force(s, day) is not false then '{}'
             else jsonb_build_object(
               case s.enforcement when 'block' then 'ocop_product_set_in_force' else 'product_set_other_day' end,
               jsonb_build_object('legal_document_no', s.legal_document_no))
           end, day)
      || coalesce((
           select jsonb_agg(jsonb_build_object('pointer', '#/checklist', 'code', 'ocop_document_missing',
                    'params', jsonb_build_object('member', jsonb_build_object('vi', (c.requirement).label_vi, 'en', (c.requirement).label_en)),
                    'legal_basis', concat_ws(', ', (c.requirement).legal_document_no, (c.requirement).legal_article),
                    'certainty', (c.requirement).certainty, 'enforcement', (c.requirement).enforcement)
                  order by (c.requirement).position)
             from ocop_checklist(r, day) c
            where c.in_force and (c.requirement).is_required and (c.requirement).stage = 'submission'
              and coalesce(c.entry ->> 'status', 'missing') not in ('provided', 'accepted')), '[]')
    from (select case r.status when 'draft' then on_day else ocop_registration_day(r.submitted_on, r.recognition) end as day) rules
    left join ocop_product_set s on s.id = r.product_set_id
$$;

COMMENT ON FUNCTION public.ocop_registration_missing(r public.ocop_registration, on_day date) IS 'Everything a dossier lacks on the day it is handed in. One that is handed in again answers to the rules of its first day.';

CREATE FUNCTION public.ocop_registration_summary_json(r public.ocop_registration) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', r.id, 'code', r.code, 'version', r.version, 'status', r.status,
    'stage', stage_of('ocop_registration', r.status),
    'product_id', r.product_id, 'product_name', r.product_name, 'establishment_id', r.establishment_id, 'kind', r.kind,
    'round_id', r.round_id, 'product_set_id', r.product_set_id, 'submitted_on', r.submitted_on, 'tier', r.tier,
    'product_code', r.product_code, 'stars', (r.recognition ->> 'stars')::integer, 'origin', r.origin,
    'organisation_id', r.organisation_id, 'province_code', r.province_code, 'codes_on', r.codes_on,
    'province', admin_unit_name(r.province_code, r.codes_on), 'current', current_json(r.province_code, r.codes_on),
    'updated_at', instant(r.updated_at))
$$;

CREATE FUNCTION public.ocop_registration_territory(of_establishment uuid, product_code text, day date, provinces text[]) RETURNS TABLE(province_code text, codes_on date)
    LANGUAGE sql STABLE
    AS $$
  select known.province_code, known.codes_on from (
    select parts ->> 'province_code', greatest(lower(days), least(upper(days) - 1, day)), 1
      from product_code_parts(product_code) parts, product_code_period(parts) days
     where days is not null
    union all
    select province_on(e.province_code, e.codes_on, day, e.place ->> 'commune_code'), day, 2
      from establishment e where e.id = of_establishment
    union all
    select e.province_code, province_day(e.province_code, day), 3
      from establishment e where e.id = of_establishment) known (province_code, codes_on, choice)
   where known.province_code is not null
   order by known.choice > 1 and known.province_code <> all (provinces), known.choice
   limit 1
$$;

COMMENT ON FUNCTION public.ocop_registration_territory(of_establishment uuid, product_code text, day date, provinces text[]) IS 'See the comment on ocop_registration.province_code.';

CREATE FUNCTION public.ocop_registration_warnings(r public.ocop_registration) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select warning_if(r.product_code is not null and parts is null, '#/product_code', 'product_code_form',
           'Mã sản phẩm không có dạng tỉnh-huyện-xã-số thứ tự-năm', 'The product code has not the form province-district-commune-sequence-year')
      || warning_if(parts is not null and product_code_period(parts) is null, '#/product_code', 'product_code_units',
           'Các phần của mã sản phẩm không phải mã đơn vị hành chính của năm đó', 'The parts of the product code are no official unit codes of that year')
      || warning_if(not product_set_in_force(s, day), '#/product_set_id', 'product_set_other_day',
           'Bộ sản phẩm thuộc quyết định không có hiệu lực vào ngày của hồ sơ', 'The product set is of a decision that was not in force on the day of the dossier')
    from ocop_registration_day(r.submitted_on, r.recognition) day
    left join product_code_parts(r.product_code) parts on true
    left join ocop_product_set s on s.id = r.product_set_id
$$;

CREATE FUNCTION public.ocop_requirement_known(wanted text) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select wanted is null or exists (
    select from document_requirement d where d.record_type = 'ocop_registration' and d.code = wanted)
$$;

CREATE FUNCTION public.ocop_round_json(d public.ocop_round) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', d.id, 'version', d.version, 'status', d.status, 'tier', d.tier, 'year', d.year,
    'round_no', d.round_no, 'opens_on', d.opens_on, 'closes_on', d.closes_on,
    'organisation_id', d.organisation_id, 'province_code', d.province_code, 'codes_on', d.codes_on,
    'province', admin_unit_name(d.province_code, d.codes_on), 'current', current_json(d.province_code, d.codes_on),
    'origin', d.origin, 'history_quality', d.history_quality, 'note', d.note,
    'created_at', instant(d.created_at), 'created_by', d.created_by,
    'updated_at', instant(d.updated_at), 'updated_by', d.updated_by)
$$;

CREATE FUNCTION public.ocop_round_visible(wanted uuid, provinces text[], own_organisation uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select wanted is null or exists (
    select from ocop_round d
     where d.id = wanted and d.deleted_at is null
       and (d.province_code is null or d.province_code = any (provinces) or d.organisation_id = own_organisation))
$$;

COMMENT ON FUNCTION public.ocop_round_visible(wanted uuid, provinces text[], own_organisation uuid) IS 'May this caller name the round? Null names none.';

CREATE FUNCTION public.ocop_round_writable(d public.ocop_round, tier text, provinces text[], own_organisation uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $_$
  select case
    when d.tier = 'central' then $2 = 'central'
    else coalesce(d.province_code = any (provinces) or d.organisation_id = own_organisation, false)
  end
$_$;

COMMENT ON FUNCTION public.ocop_round_writable(d public.ocop_round, tier text, provinces text[], own_organisation uuid) IS 'Rounds of the centre: central bodies; others: their territory and the organisation that holds them.';

CREATE FUNCTION public.open_annual_plan(wanted uuid, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$
declare
  gone boolean := (
    select a.deleted_at is not null from annual_plan a
     where a.id = wanted
       and (a.level = 'national' or a.province_code = any (provinces) or a.organisation_id = own_organisation));
begin
  if gone is null then
    raise exception using errcode = 'PT404', message = 'not-found';
  elsif gone then
    raise exception using errcode = 'PT410', message = 'deleted';
  end if;
  return wanted;
end
$$;

COMMENT ON FUNCTION public.open_annual_plan(wanted uuid, provinces text[], own_organisation uuid) IS 'The id of a plan that the caller sees and that is not deleted; else 404 or 410.';

CREATE FUNCTION public.open_certificate(wanted uuid, of_scheme text, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$
declare
  gone boolean := (
    select c.deleted_at is not null from certificate c
     where c.id = wanted and c.scheme = of_scheme and (c.province_code = any (provinces) or c.organisation_id = own_organisation));
begin
  if gone is null then
    raise exception using errcode = 'PT404', message = 'not-found';
  elsif gone then
    raise exception using errcode = 'PT410', message = 'deleted';
  end if;
  return wanted;
end
$$;

COMMENT ON FUNCTION public.open_certificate(wanted uuid, of_scheme text, provinces text[], own_organisation uuid) IS 'The id of a certificate that the caller sees and that is not deleted; else 404 or 410.';

CREATE FUNCTION public.open_establishment(wanted uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$
declare
  is_gone constant boolean := (select e.deleted_at is not null from establishment e where e.id = wanted);
begin
  if is_gone is null then
    raise exception using errcode = 'PT404', message = 'not-found';
  elsif is_gone then
    raise exception using errcode = 'PT410', message = 'deleted';
  end if;
  return wanted;
end
$$;

COMMENT ON FUNCTION public.open_establishment(wanted uuid) IS 'The id of an establishment that is there and not deleted; else 404 or 410.';

CREATE FUNCTION public.open_members(of_type text, of_status text, parts text[]) RETURNS text[]
    LANGUAGE sql STABLE
    AS $$
  select array_agg(member)
    from public.open_member o
   cross join unnest(o.members) member
   where o.record_type = of_type and o.status in (of_status, '*') and o.part = any (parts)
$$;

CREATE FUNCTION public.open_ocop_registration(wanted uuid, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$
declare
  gone boolean := (
    select r.deleted_at is not null from ocop_registration r
     where r.id = wanted and (r.province_code = any (provinces) or r.organisation_id = own_organisation));
begin
  if gone is null then
    raise exception using errcode = 'PT404', message = 'not-found';
  elsif gone then
    raise exception using errcode = 'PT410', message = 'deleted';
  end if;
  return wanted;
end
$$;

COMMENT ON FUNCTION public.open_ocop_registration(wanted uuid, provinces text[], own_organisation uuid) IS 'The id of a registration that the caller sees and that is not deleted; else 404 or 410.';

CREATE FUNCTION public.open_of_project(of_type text, wanted uuid, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $_$
declare
  gone boolean;
begin
  execute format($sql$
    select t.deleted_at is not null or p.deleted_at is not null
      from %I t
      join project p on p.id = t.project_id
     where t.id = $1 and (p.province_code = any ($2) or p.organisation_id = $3 or p.implementer_id = $3)$sql$, of_type)
    into gone using wanted, provinces, own_organisation;
  if gone is null then
    raise exception using errcode = 'PT404', message = 'not-found';
  elsif gone then
    raise exception using errcode = 'PT410', message = 'deleted';
  end if;
  return wanted;
end
$_$;

COMMENT ON FUNCTION public.open_of_project(of_type text, wanted uuid, provinces text[], own_organisation uuid) IS 'The id of a record of a project that the caller sees and that is not deleted; else 404 or 410.';

CREATE FUNCTION public.open_plan_adjustment(wanted uuid, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$
declare
  gone boolean := (
    select d.deleted_at is not null from plan_adjustment d
     where d.id = wanted
       and (d.province_code is null or d.province_code = any (provinces) or d.organisation_id = own_organisation));
begin
  if gone is null then
    raise exception using errcode = 'PT404', message = 'not-found';
  elsif gone then
    raise exception using errcode = 'PT410', message = 'deleted';
  end if;
  return wanted;
end
$$;

COMMENT ON FUNCTION public.open_plan_adjustment(wanted uuid, provinces text[], own_organisation uuid) IS 'The id of an adjustment that the caller sees and that is not deleted; else 404 or 410.';

CREATE FUNCTION public.open_plan_item(of_plan uuid, wanted uuid, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$
declare
  gone boolean := (
    select i.deleted_at is not null from annual_plan_item i
     where i.id = wanted and i.annual_plan_id = open_annual_plan(of_plan, provinces, own_organisation)
       and (i.province_code = any (provinces) or i.organisation_id = own_organisation
            or project_visible(i.project_id, provinces, own_organisation)));
begin
  if gone is null then
    raise exception using errcode = 'PT404', message = 'not-found';
  elsif gone then
    raise exception using errcode = 'PT410', message = 'deleted';
  end if;
  return wanted;
end
$$;

COMMENT ON FUNCTION public.open_plan_item(of_plan uuid, wanted uuid, provinces text[], own_organisation uuid) IS 'The id of an item that the caller sees and that is not deleted; else 404 or 410.';

CREATE FUNCTION public.open_programme(wanted uuid, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$
declare
  gone boolean := (
    select g.deleted_at is not null from programme g
     where g.id = wanted
       and (g.level = 'national' or g.province_code = any (provinces) or g.organisation_id = own_organisation));
begin
  if gone is null then
    raise exception using errcode = 'PT404', message = 'not-found';
  elsif gone then
    raise exception using errcode = 'PT410', message = 'deleted';
  end if;
  return wanted;
end
$$;

COMMENT ON FUNCTION public.open_programme(wanted uuid, provinces text[], own_organisation uuid) IS 'The id of a programme that the caller sees and that is not deleted; else 404 or 410.';

CREATE FUNCTION public.open_project(wanted uuid, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$
declare
  gone boolean := (
    select p.deleted_at is not null from project p
     where p.id = wanted
       and (p.province_code = any (provinces) or p.organisation_id = own_organisation or p.implementer_id = own_organisation));
begin
  if gone is null then
    raise exception using errcode = 'PT404', message = 'not-found';
  elsif gone then
    raise exception using errcode = 'PT410', message = 'deleted';
  end if;
  return wanted;
end
$$;

COMMENT ON FUNCTION public.open_project(wanted uuid, provinces text[], own_organisation uuid) IS 'The id of a project that the caller sees and that is not deleted; else 404 or 410.';

CREATE FUNCTION public.open_record(of_type text, of_id uuid, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $_$
declare
  is_gone boolean;
begin
  execute format($text$
    select r.deleted_at is not null or project_gone(r.project_id)
      from %I r where r.id = $1 and in_record_scope(r.province_code, r.organisation_id, r.project_id, $2, $3)$text$, of_type)
    into is_gone using of_id, provinces, own_organisation;
  if is_gone is null then
    raise exception using errcode = 'PT404', message = 'not-found';
  elsif is_gone then
    raise exception using errcode = 'PT410', message = 'deleted';
  end if;
  return of_id;
end
$_$;

COMMENT ON FUNCTION public.open_record(of_type text, of_id uuid, provinces text[], own_organisation uuid) IS 'The id of a record that the caller sees and that is not deleted; else 404 or 410.';

CREATE FUNCTION public.open_registration(of_product uuid, other_than uuid, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE sql STABLE
    AS $$
  select r.id
    from ocop_registration r
   where r.product_id = of_product and r.id is distinct from other_than and r.deleted_at is null
     and r.status not in ('recognised', 'not_recognised', 'withdrawn')
     and (r.province_code = any (provinces) or r.organisation_id = own_organisation)
$$;

COMMENT ON FUNCTION public.open_registration(of_product uuid, other_than uuid, provinces text[], own_organisation uuid) IS 'The registration of the product that is still open, where the caller may see it.';

CREATE FUNCTION public.open_target(wanted uuid, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$
declare
  gone boolean := (
    select t.deleted_at is not null or target_parent_gone(t)
      from target t
     where t.id = wanted and target_readable(t, provinces, own_organisation));
begin
  if gone is null then
    raise exception using errcode = 'PT404', message = 'not-found';
  elsif gone then
    raise exception using errcode = 'PT410', message = 'deleted';
  end if;
  return wanted;
end
$$;

COMMENT ON FUNCTION public.open_target(wanted uuid, provinces text[], own_organisation uuid) IS 'The id of a target that the caller sees and that is not deleted; else 404 or 410.';

CREATE FUNCTION public.open_voting_entry(of_id uuid, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$
declare
  is_gone constant boolean := (select e.deleted_at is not null from voting_entry e
                                where e.id = of_id and voting_seen(e.province_code, e.organisation_id, provinces, own_organisation));
begin
  if is_gone is null then
    raise exception using errcode = 'PT404', message = 'not-found';
  elsif is_gone then
    raise exception using errcode = 'PT410', message = 'deleted';
  end if;
  return of_id;
end
$$;

CREATE FUNCTION public.opening_paid(of_project uuid, of_year integer) RETURNS bigint[]
    LANGUAGE sql STABLE
    AS $$
  select array[coalesce(sum(e.effect_vnd) filter (where e.source = 'central_promotion'), 0)::bigint,
               coalesce(sum(e.effect_vnd) filter (where e.source = 'local_promotion'), 0)::bigint]
    from ledger_entry e
   where e.project_id = of_project and e.year = of_year and e.import_id is not null and e.counts_as = 'payment'
$$;

COMMENT ON FUNCTION public.opening_paid(of_project uuid, of_year integer) IS 'What imports have opened the ledger with: {central, local}.';

CREATE FUNCTION public.operator_label(operator text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case operator when 'gt' then 'trên' when 'gte' then 'từ' when 'eq' then 'đúng' when 'approx' then 'khoảng' when 'lte' then 'không quá' when 'lt' then 'dưới' end
$$;

CREATE TABLE public.organisation (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    organisation_id uuid,
    province_code text,
    origin text DEFAULT 'native'::text NOT NULL,
    history_quality text DEFAULT 'full'::text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    code text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    tier text NOT NULL,
    agency_code text,
    parent_id uuid,
    functions text[] DEFAULT '{}'::text[] NOT NULL,
    predecessor_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    valid_from date,
    valid_to date,
    folded text GENERATED ALWAYS AS (public.fold(((code || ' '::text) || name))) STORED,
    CONSTRAINT organisation_parent_other CHECK ((parent_id <> id)),
    CONSTRAINT organisation_province_code_required CHECK (((tier = ANY (ARRAY['central'::text, 'region'::text])) = (province_code IS NULL))),
    CONSTRAINT organisation_valid_to_order CHECK ((valid_to >= valid_from))
);

ALTER TABLE ONLY public.organisation FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.organisation IS 'Agencies and other bodies over time: a new name after a reorganisation is a new row that names its predecessors.';

COMMENT ON COLUMN public.organisation.organisation_id IS 'Who keeps the record, not the body itself.';

COMMENT ON COLUMN public.organisation.province_code IS 'Territory; null for bodies of the centre and of regions.';

COMMENT ON COLUMN public.organisation.code IS 'For people; made by us (CQ000001) when not given.';

COMMENT ON COLUMN public.organisation.agency_code IS 'Electronic code of the agency (scheme of Decision 20/2020/QĐ-TTg).';

COMMENT ON COLUMN public.organisation.functions IS 'What it does, as codes of an open list.';

CREATE FUNCTION public.organisation_json(o public.organisation) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', o.id, 'code', o.code, 'version', o.version, 'name', o.name, 'kind', o.kind, 'tier', o.tier,
    'agency_code', o.agency_code, 'parent_id', o.parent_id, 'province_code', o.province_code,
    'functions', o.functions, 'predecessor_ids', o.predecessor_ids,
    'valid_from', o.valid_from, 'valid_to', o.valid_to,
    'organisation_id', o.organisation_id, 'external_refs', external_refs_json('organisation', o.id),
    'origin', o.origin, 'history_quality', o.history_quality, 'note', o.note,
    'created_at', instant(o.created_at), 'created_by', o.created_by,
    'updated_at', instant(o.updated_at), 'updated_by', o.updated_by)
$$;

CREATE FUNCTION public.organisation_kind_label(kind text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select coalesce((
    select l.label
      from (values ('ministry', 'Bộ'), ('bureau', 'Cục'), ('central_centre', 'Trung tâm khuyến công vùng'), ('people_committee', 'Ủy ban nhân dân'),
                   ('industry_department', 'Sở Công Thương'), ('promotion_centre', 'Trung tâm khuyến công'), ('local_office', 'Phòng chuyên môn địa phương'),
                   ('mass_organisation', 'Tổ chức chính trị – xã hội'), ('association', 'Hội, hiệp hội'), ('institute', 'Viện, trường'), ('company', 'Doanh nghiệp')) l (kind, label)
     where l.kind = organisation_kind_label.kind), 'Đơn vị khác')
$$;

CREATE FUNCTION public.organisation_known(wanted uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return wanted is null or exists (select from organisation o where o.id = wanted and o.deleted_at is null);
end
$$;

CREATE FUNCTION public.organisation_name(wanted uuid) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select o.name from organisation o where o.id = wanted
$$;

CREATE FUNCTION public.organisation_summary_json(o public.organisation) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', o.id, 'code', o.code, 'version', o.version, 'name', o.name, 'kind', o.kind, 'tier', o.tier,
    'agency_code', o.agency_code, 'parent_id', o.parent_id, 'province_code', o.province_code,
    'valid_from', o.valid_from, 'valid_to', o.valid_to, 'updated_at', instant(o.updated_at))
$$;

CREATE FUNCTION public.organisations_managed_by(own uuid, provinces text[]) RETURNS SETOF uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select own
   union all
  select o.id
    from organisation manager
    join organisation o
      on manager.kind in ('ministry', 'bureau')
      or manager.tier = 'province' and manager.kind in ('people_committee', 'industry_department') and o.province_code = any (provinces)
   where manager.id = own
$$;

COMMENT ON FUNCTION public.organisations_managed_by(own uuid, provinces text[]) IS 'Whose users an organisation manages: its own; people''s committee and industry department of a province those of its territory too, ministry and bureau everybody''s.';

CREATE FUNCTION public.output_activity(of_project uuid, of_line uuid) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
declare
  groups text[];
begin
  if of_line is not null then
    return coalesce((select root_activity(l.activity_code) from project_line l where l.id = of_line), 'none');
  end if;
  groups := project_activity_groups(of_project);
  return case when cardinality(groups) = 1 then groups[1] else 'none' end;
end
$$;

COMMENT ON FUNCTION public.output_activity(of_project uuid, of_line uuid) IS 'The group of an output: that of its line, else the only one of the project, else none.';

CREATE FUNCTION public.overridden(faults jsonb, of_line uuid, of_guard text, on_day date) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  exception_made constant override := override_in_force(of_line, of_guard, on_day);
  paper text;
begin
  if exception_made.id is null or faults = '[]' then
    return faults;
  end if;
  paper := (select string_agg(concat_ws(' ', d ->> 'document_no', d ->> 'issued_on'), '; ')
              from transition t cross join jsonb_array_elements(t.documents) d
             where t.record_type = 'override' and t.record_id = exception_made.id and t.to_status = 'granted');
  return (
    select jsonb_agg(f || jsonb_build_object('code', 'guard_overridden', 'enforcement', 'warn', 'params', f -> 'params'
             || jsonb_build_object('override_id', exception_made.id, 'member', jsonb_build_object(
                  'vi', format('%s Cho phép ngoại lệ theo %s.', f #>> '{params,member,vi}', paper),
                  'en', format('%s Allowed by way of exception by %s.', f #>> '{params,member,en}', paper)))))
      from jsonb_array_elements(faults) f);
end
$$;

CREATE TABLE public.override (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    project_id uuid NOT NULL,
    project_line_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    guard text NOT NULL,
    level text NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    CONSTRAINT override_guard_known CHECK ((guard = ANY (ARRAY['g3'::text, 'g4'::text, 'g5'::text, 'g6'::text]))),
    CONSTRAINT override_line_of_project CHECK (((project_line_id IS NULL) OR (project_id IS NOT NULL))),
    CONSTRAINT override_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'granted'::text, 'revoked'::text])))
);

ALTER TABLE ONLY public.override FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.override IS 'Authorised exceptions: for this line the guard only warns. In force from the day of the act that grants it, with its document and role, until one revokes it.';

COMMENT ON COLUMN public.override.project_line_id IS 'The line of the project that it is for.';

COMMENT ON COLUMN public.override.province_code IS 'Of the project, as organisation_id and codes_on; without a project, of whoever made it.';

COMMENT ON COLUMN public.override.codes_on IS 'Day on whose map province_code is read.';

COMMENT ON COLUMN public.override.guard IS 'g3 norms, g4 sums, g5 double support, g6 eligibility.';

COMMENT ON COLUMN public.override.level IS 'Of the project: who may grant depends on whose money it is.';

CREATE FUNCTION public.override_in_force(of_line uuid, of_guard text, on_day date) RETURNS public.override
    LANGUAGE sql STABLE
    AS $$
  select o
    from override o
    join transition t on t.record_type = 'override' and t.record_id = o.id and t.to_status = 'granted' and t.acted_on <= on_day
   where o.project_line_id = of_line and o.guard = of_guard and o.status = 'granted' and o.deleted_at is null
   order by t.recorded_at desc
   limit 1
$$;

CREATE FUNCTION public.override_level() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  new.level := (select p.level from project p where p.id = new.project_id);
  return new;
end
$$;

CREATE FUNCTION public.own_writable(of_province text, of_organisation uuid, tier text, provinces text[], own_organisation uuid) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when of_province is null then tier = 'central'
    else coalesce(of_province = any (provinces) or of_organisation = own_organisation, false)
  end
$$;

COMMENT ON FUNCTION public.own_writable(of_province text, of_organisation uuid, tier text, provinces text[], own_organisation uuid) IS 'Records without a province: central bodies; others: their territory and the organisation that made them.';

CREATE FUNCTION public.paid_vnd(of_project uuid) RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
  select (money_of(of_project)).paid
$$;

COMMENT ON FUNCTION public.paid_vnd(of_project uuid) IS 'Advances and payments that went out; less recovered_vnd is what is out.';

CREATE FUNCTION public.paper_of(act jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
  select coalesce(act #> '{documents,0}', '{}')
$$;

COMMENT ON FUNCTION public.paper_of(act jsonb) IS 'The first paper of an act: what its entry in the ledger rests on (G12).';

CREATE FUNCTION public.papers_of(documents jsonb, below text) RETURNS TABLE(n bigint, pointer text, document jsonb)
    LANGUAGE sql IMMUTABLE
    AS $$
  select l.n, below || '/' || l.n - 1, l.document
    from jsonb_array_elements(case jsonb_typeof(documents) when 'array' then documents else '[]' end) with ordinality l (document, n)
   union all
  select 1, below, documents where jsonb_typeof(documents) = 'object'
$$;

COMMENT ON FUNCTION public.papers_of(documents jsonb, below text) IS 'One paper, or a list of them, with the place of each.';

CREATE TABLE public.parameter (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    code text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    value numeric NOT NULL,
    measure_unit text,
    level text,
    province_code text,
    legal_basis text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    certainty text NOT NULL,
    enforcement text NOT NULL,
    note text,
    version integer DEFAULT 1 NOT NULL,
    origin text DEFAULT 'release'::text NOT NULL,
    replaces_id uuid,
    organisation_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    CONSTRAINT parameter_certainty_known CHECK ((certainty = ANY (ARRAY['verified'::text, 'second_hand'::text, 'uncertain'::text]))),
    CONSTRAINT parameter_code_form CHECK ((code ~ '^[a-z][a-z0-9_]{0,99}$'::text)),
    CONSTRAINT parameter_ends_after_starts CHECK ((valid_to >= valid_from)),
    CONSTRAINT parameter_enforcement_known CHECK ((enforcement = ANY (ARRAY['block'::text, 'warn'::text]))),
    CONSTRAINT parameter_level_known CHECK ((level = ANY (ARRAY['national'::text, 'local'::text]))),
    CONSTRAINT parameter_origin_known CHECK ((origin = ANY (ARRAY['release'::text, 'authority'::text]))),
    CONSTRAINT parameter_province_format CHECK ((province_code ~ '^[0-9]{2}$'::text))
);

ALTER TABLE ONLY public.parameter FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.parameter IS 'Figures that texts set and that change with them (tham số pháp lý): shares, days, limits; loaded from db/reference/parameters.csv, and entered by authorities. A new figure is a new row.';

COMMENT ON COLUMN public.parameter.measure_unit IS 'What value is counted in: percent, day, vnd, …';

COMMENT ON COLUMN public.parameter.level IS 'Whose money it is for; null: both.';

COMMENT ON COLUMN public.parameter.province_code IS 'Only in this province; null: everywhere. The row that says more wins.';

COMMENT ON COLUMN public.parameter.certainty IS 'How well the row is founded: verified, second_hand or uncertain.';

COMMENT ON COLUMN public.parameter.enforcement IS 'block: what breaks it is refused; warn: it is pointed to. Uncertain rows warn, but for those that hold money back.';

COMMENT ON COLUMN public.parameter.origin IS 'release: loaded with it, which may correct the row as long as nobody has changed it; authority: entered over the API.';

COMMENT ON COLUMN public.parameter.replaces_id IS 'The row that this one took the place of, which ended on the day before.';

COMMENT ON COLUMN public.parameter.organisation_id IS 'The body that entered the row; null: of the release.';

CREATE FUNCTION public.parameter_json(p public.parameter) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select (jsonb_build_object('id', p.id, 'code', p.code, 'name_vi', p.name_vi, 'name_en', p.name_en, 'value', p.value,
    'measure_unit', p.measure_unit, 'level', p.level, 'province_code', p.province_code, 'legal_basis', p.legal_basis,
    'valid_from', p.valid_from, 'valid_to', p.valid_to, 'certainty', p.certainty, 'enforcement', p.enforcement, 'note', p.note)
    || rule_json('parameter', to_jsonb(p)))::json
$$;

CREATE FUNCTION public.parameter_on(wanted text, on_day date, of_level text DEFAULT NULL::text, of_province text DEFAULT NULL::text) RETURNS public.parameter
    LANGUAGE sql STABLE
    AS $$
  select p.*
    from parameter p
   where p.code = wanted and on_day >= p.valid_from and (p.valid_to is null or on_day <= p.valid_to)
     and (p.level is null or p.level = of_level)
     and (p.province_code is null or p.province_code = of_province)
   order by p.province_code is null, p.level is null
   limit 1
$$;

COMMENT ON FUNCTION public.parameter_on(wanted text, on_day date, of_level text, of_province text) IS 'The row that holds: that of the province goes before that of the level, and that before the general one. Null when no text set the figure for that day.';

CREATE FUNCTION public.parameter_value(wanted text, on_day date, of_level text DEFAULT NULL::text, of_province text DEFAULT NULL::text) RETURNS numeric
    LANGUAGE sql STABLE
    AS $$
  select (parameter_on(wanted, on_day, of_level, of_province)).value
$$;

CREATE FUNCTION public.past_changes(t public.past_project, before public.project, r jsonb, of_year integer) RETURNS text[]
    LANGUAGE sql STABLE
    AS $$
  select coalesce(array_agg(m.member), '{}')
    from plan_table_values(before, of_year, null) v
   cross join opening_paid(before.id, of_year) posted
   cross join lateral (values
     ('name', spaced((t.project).name) <> spaced(before.name)),
     ('implementer', (t.project).implementer_id is distinct from before.implementer_id),
     ('beneficiaries', r ? 'beneficiaries' and not same_list(v ->> 'beneficiaries', r ->> 'beneficiaries')),
     ('places', (t.project).province_code <> before.province_code),
     ('activities', r ? 'activities' and not same_list(v ->> 'activities', r ->> 'activities')),
     ('objective', spaced(left((t.project).objective, 30000)) <> spaced(v ->> 'objective')),
     ('starts_on', (t.project).starts_on is distinct from before.starts_on),
     ('ends_on', (t.project).ends_on is distinct from before.ends_on),
     ('total_cost_vnd', (t.project).total_cost_vnd is distinct from before.total_cost_vnd),
     ('central_promotion_vnd', t.central_vnd is distinct from (v ->> 'central_promotion_vnd')::bigint),
     ('local_promotion_vnd', t.local_vnd is distinct from (v ->> 'local_promotion_vnd')::bigint),
     ('counterpart_vnd', (t.project).counterpart_vnd is distinct from before.counterpart_vnd),
     ('baseline_support_vnd', r ? 'baseline_support_vnd' and t.baseline_vnd is distinct from (v ->> 'baseline_support_vnd')::bigint
       and not (t.baseline_vnd is null and (v ->> 'baseline_support_vnd')::bigint = 0)),
     ('current_support_vnd', r ? 'current_support_vnd' and t.current_vnd is distinct from (v ->> 'current_support_vnd')::bigint),
     ('central_paid_vnd', t.central_paid_vnd <> posted[1] and r ? 'central_paid_vnd'),
     ('local_paid_vnd', t.local_paid_vnd <> posted[2] and r ? 'local_paid_vnd'),
     ('decision_no', r ? 'decision_no' and spaced(v ->> 'decision_no') <> spaced(r ->> 'decision_no')),
     ('decision_on', r ? 'decision_on' and v ->> 'decision_on' is distinct from r ->> 'decision_on'),
     ('status', (t.project).status <> before.status),
     ('note', spaced(left((t.project).note, 30000)) <> spaced(v ->> 'note'))) m (member, differs)
   where m.differs
$$;

COMMENT ON FUNCTION public.past_changes(t public.past_project, before public.project, r jsonb, of_year integer) IS 'Members of the row that say something else than what is kept.';

CREATE FUNCTION public.past_faults(t public.past_project, r jsonb, provinces text[]) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if((t.project).level is null, '#/central_promotion_vnd', 'import_level_needed')
    || fault_if((t.project).status is null and r ->> 'status' is null, '#/status', 'required')
    || fault_if((t.project).status is null and r ->> 'status' is not null, '#/status', 'import_status_unknown', jsonb_build_object('found', r -> 'status',
         'allowed', (select jsonb_agg(s.label_vi order by s.place) from record_status s where s.record_type = 'project')))
    || fault_if((t.project).province_code is null, '#/places', case when r ->> 'places' is null then 'required' else 'import_place_unknown' end,
         jsonb_build_object('found', r -> 'places'))
    || fault_if((t.project).province_code <> all (provinces), '#/places', 'import_outside_territory', jsonb_build_object('found', r -> 'places'))
    || fault_if((t.project).ends_on < (t.project).starts_on, '#/ends_on', 'project_ends_after_starts')
    || fault_if(t.support_vnd + coalesce((t.project).counterpart_vnd, 0) > (t.project).total_cost_vnd, '#/total_cost_vnd', 'import_money_within_total',
         jsonb_build_object('total_cost_vnd', (t.project).total_cost_vnd, 'support_vnd', t.support_vnd, 'counterpart_vnd', coalesce((t.project).counterpart_vnd, 0)))
    || fault_if(t.central_paid_vnd + t.local_paid_vnd > coalesce(t.current_vnd, 0),
         case when t.central_paid_vnd > 0 then '#/central_paid_vnd' else '#/local_paid_vnd' end, 'import_paid_within_assigned',
         jsonb_build_object('paid_vnd', t.central_paid_vnd + t.local_paid_vnd, 'assigned_vnd', coalesce(t.current_vnd, 0)))
    || fault_if(t.decision_on > today(), '#/decision_on', 'date_in_future')
    || coalesce((select jsonb_agg(jsonb_build_object('pointer', '#/activities', 'code', 'import_activity_unknown', 'params', jsonb_build_object('found', a)))
                   from unnest(t.activities) a where not exists (select from activity k where k.code = a)), '[]')
$$;

CREATE FUNCTION public.past_members(r jsonb, before public.project, asked jsonb, provinces text[], own_province text) RETURNS public.project
    LANGUAGE plpgsql STABLE
    AS $$
declare
  p project := before;
  on_day constant date := coalesce((r ->> 'starts_on')::date, before.starts_on, make_date((asked ->> 'year')::integer, 1, 1));
  implementers uuid[];
begin
  p.name := coalesce(r ->> 'name', p.name);
  p.objective := coalesce(r ->> 'objective', p.objective);
  p.note := coalesce(r ->> 'note', p.note);
  p.starts_on := case when before.id is null then on_day else coalesce((r ->> 'starts_on')::date, p.starts_on) end;
  p.ends_on := coalesce((r ->> 'ends_on')::date, p.ends_on);
  p.total_cost_vnd := coalesce((r ->> 'total_cost_vnd')::bigint, p.total_cost_vnd);
  p.counterpart_vnd := coalesce((r ->> 'counterpart_vnd')::bigint, p.counterpart_vnd);
  p.programme_id := coalesce(p.programme_id, (asked ->> 'programme_id')::uuid);
  p.level := coalesce(p.level, asked ->> 'level',
    case when (r ->> 'central_promotion_vnd')::bigint > 0 then 'national' when (r ->> 'local_promotion_vnd')::bigint > 0 then 'local' end);
  p.status := coalesce(
    (select s.status from record_status s
      where s.record_type = 'project' and (same_words(s.label_vi, r ->> 'status') or s.status = r ->> 'status')),
    case when r ->> 'status' is null then coalesce(p.status, asked ->> 'status') end);
  p.province_code := coalesce(province_of_words(r ->> 'places', on_day, provinces), p.province_code, case when r ->> 'places' is null then own_province end);
  if p.province_code is distinct from before.province_code then
    p.codes_on := province_day(p.province_code, on_day);
    p.places := jsonb_build_array(place_checked('#/places', jsonb_strip_nulls(jsonb_build_object('province_code', p.province_code, 'codes_on', p.codes_on,
      'address_line', nullif(btrim(substring(r ->> 'places' from '^(.*),')), '')))));
  end if;
  if r ->> 'implementer' is not null then
    implementers := implementer_of_words(spaced(r ->> 'implementer'), provinces);
    p.implementer_id := case when cardinality(implementers) = 1 then implementers[1] end;
    perform refuse_faults(
      fault_if(cardinality(implementers) = 0, '#/implementer', 'import_implementer_unknown', jsonb_build_object('found', r -> 'implementer'))
      || fault_if(cardinality(implementers) > 1, '#/implementer', 'import_implementer_unclear', jsonb_build_object('found', r -> 'implementer')));
  end if;
  return p;
end
$$;

CREATE FUNCTION public.past_outcome(r jsonb, place integer, asked jsonb, provinces text[], own_organisation uuid, own_province text, of_import uuid) RETURNS jsonb
    LANGUAGE plpgsql
    AS $$
declare
  of_year constant integer := asked ->> 'year';
  before project := past_project_named(r, of_year, province_of_words(r ->> 'places', make_date(of_year, 1, 1), provinces), provinces, own_organisation);
  t past_project := past_project_of(r, before, asked, provinces, own_province);
  changes text[] := case when before.id is null then '{}' else past_changes(t, before, r, of_year) end;
  kept project := before;
begin
  if before.id is not null and before.history_quality <> 'final_state_only' then
    perform refuse_faults(coalesce((select jsonb_agg(jsonb_build_object('pointer', '#/' || member, 'code', 'import_of_native',
      'params', jsonb_build_object('project_code', before.code))) from unnest(changes) member), '[]'));
  elsif before.id is null or changes <> '{}' then
    kept := keep_past_project(t, before, changes, of_year, provinces, own_organisation, of_import);
  end if;
  return jsonb_build_object('row', coalesce((r ->> 'row')::integer, place), 'project_id', kept.id, 'code', kept.code,
    'outcome', case when before.id is null then 'created' when changes = '{}' then 'unchanged' else 'updated' end,
    'is_paid_assumed', t.is_paid_assumed and (before.id is null or changes <> '{}'));
end
$$;

CREATE FUNCTION public.past_plan(of_year integer, province text, on_day date, own_organisation uuid) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
declare
  kept uuid := (select a.id from annual_plan a
                 where a.year = of_year and a.province_code = province and a.organisation_id = own_organisation
                   and a.origin = 'imported' and a.history_quality = 'final_state_only' and a.deleted_at is null
                 order by a.id limit 1);
begin
  if kept is null then
    insert into annual_plan (name, year, level, status, organisation_id, province_code, codes_on, origin, history_quality)
    values ('Kinh phí khuyến công giao năm ' || of_year || ' (số liệu chuyển vào)', of_year, 'local', 'closed', own_organisation, province, on_day,
      'imported', 'final_state_only')
    returning id into kept;
  end if;
  return kept;
end
$$;

COMMENT ON FUNCTION public.past_plan(of_year integer, province text, on_day date, own_organisation uuid) IS 'The plan that stands for the decisions by which the money of a past year was assigned in a province, from whatever source.';

CREATE FUNCTION public.past_project_named(r jsonb, of_year integer, province text, provinces text[], own_organisation uuid) RETURNS public.project
    LANGUAGE plpgsql STABLE
    AS $$
declare
  met project;
  ids uuid[];
begin
  if r ->> 'code' is not null then
    select p.* into met from project p
     where p.code = r ->> 'code' and p.deleted_at is null
       and (p.province_code = any (provinces) or p.organisation_id = own_organisation or p.implementer_id = own_organisation);
    perform refuse_faults(fault_if(met.id is null, '#/code', 'import_code_unknown', jsonb_build_object('found', r -> 'code')));
    return met;
  end if;
  ids := array(
    select p.id
      from project p
     cross join lateral plan_table_values(p, of_year, null) v
     where p.province_code = any (provinces) and p.history_quality = 'final_state_only' and p.deleted_at is null
       and p.folded like like_pattern(spaced(r ->> 'name')) and same_words(p.name, r ->> 'name')
       and project_planned_in(p.id, p.starts_on, of_year) and (province is null or p.province_code = province)
       and same_words(v ->> 'implementer', r ->> 'implementer') and same_list(v ->> 'beneficiaries', r ->> 'beneficiaries')
       and same_words(v ->> 'decision_no', r ->> 'decision_no')
     limit 2);
  perform refuse_faults(fault_if(cardinality(ids) > 1, '#/name', 'import_project_unclear', jsonb_build_object('found', r -> 'name')));
  select p.* into met from project p where p.id = ids[1];
  return met;
end
$$;

COMMENT ON FUNCTION public.past_project_named(r jsonb, of_year integer, province text, provinces text[], own_organisation uuid) IS 'By its code; without one by name, implementer, beneficiaries and decision among what was loaded for the year. Null: a new one.';

CREATE FUNCTION public.past_project_of(r jsonb, before public.project, asked jsonb, provinces text[], own_province text) RETURNS public.past_project
    LANGUAGE plpgsql STABLE
    AS $$
declare
  t past_project;
  of_year constant integer := asked ->> 'year';
  posted bigint[];
begin
  t.project := past_members(r, before, asked, provinces, own_province);
  select coalesce((r ->> 'central_promotion_vnd')::bigint, sum(f.amount_vnd) filter (where f.year = of_year and f.source = 'central_promotion')),
         coalesce((r ->> 'local_promotion_vnd')::bigint, sum(f.amount_vnd) filter (where f.year = of_year and f.source = 'local_promotion')),
         coalesce(sum(f.amount_vnd) filter (where f.year <> of_year and f.source in ('central_promotion', 'local_promotion')), 0)
    into t.central_vnd, t.local_vnd, t.support_vnd
    from project_funding f where f.project_id = before.id and f.deleted_at is null;
  t.support_vnd := case when num_nonnulls(t.central_vnd, t.local_vnd) > 0 or t.support_vnd > 0
    then t.support_vnd + coalesce(t.central_vnd, 0) + coalesce(t.local_vnd, 0) end;
  -- "–" in the sheet is a null here: no plan assigned it. An empty cell says nothing.
  t.current_vnd := case when r ? 'current_support_vnd' then (r ->> 'current_support_vnd')::bigint
    else coalesce(assigned_vnd(before.id, of_year), case when num_nonnulls(t.central_vnd, t.local_vnd) > 0 then coalesce(t.central_vnd, 0) + coalesce(t.local_vnd, 0) end) end;
  t.is_assigned := t.current_vnd is not null;
  t.baseline_vnd := case when r ? 'baseline_support_vnd' then (r ->> 'baseline_support_vnd')::bigint
    else coalesce(assigned_baseline_vnd(before.id, of_year), t.current_vnd) end;
  posted := opening_paid(before.id, of_year);
  t.central_paid_vnd := coalesce((r ->> 'central_paid_vnd')::bigint, posted[1]);
  t.local_paid_vnd := coalesce((r ->> 'local_paid_vnd')::bigint, posted[2]);
  t.is_paid_assumed := not r ?| array['central_paid_vnd', 'local_paid_vnd'] and (t.project).status in ('settled', 'closed') and t.current_vnd > 0
    and coalesce(paid_vnd(before.id), 0) = 0
    and (coalesce(t.central_vnd, 0) = 0 or coalesce(t.local_vnd, 0) = 0 or t.central_vnd + t.local_vnd = t.current_vnd);
  if t.is_paid_assumed then
    t.local_paid_vnd := case when coalesce(t.central_vnd, 0) = 0 then t.current_vnd when coalesce(t.local_vnd, 0) = 0 then 0 else t.local_vnd end;
    t.central_paid_vnd := t.current_vnd - t.local_paid_vnd;
  end if;
  t.decision_on := (r ->> 'decision_on')::date;
  t.decision := case when r ->> 'decision_no' is not null then jsonb_strip_nulls(jsonb_build_object('kind', 'decision', 'document_no', r ->> 'decision_no',
    'issued_on', r ->> 'decision_on')) end;
  t.beneficiaries := listed_words(r ->> 'beneficiaries');
  t.activities := listed_words(r ->> 'activities');
  perform refuse_faults(past_faults(t, r, provinces));
  return t;
end
$$;

COMMENT ON FUNCTION public.past_project_of(r jsonb, before public.project, asked jsonb, provinces text[], own_province text) IS 'A row understood, for a project that is there (before) or a new one; 422 with all that is wrong with it.';

CREATE TABLE public.payment_request (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    status text DEFAULT 'submitted'::text NOT NULL,
    contract_id uuid NOT NULL,
    project_id uuid NOT NULL,
    line_id uuid,
    kind text NOT NULL,
    year integer NOT NULL,
    source text NOT NULL,
    amount_vnd bigint NOT NULL,
    requested_on date NOT NULL,
    document jsonb NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    origin text DEFAULT 'native'::text NOT NULL,
    history_quality text DEFAULT 'full'::text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT payment_request_amount_range CHECK (((amount_vnd >= 1) AND (amount_vnd <= '9007199254740991'::bigint))),
    CONSTRAINT payment_request_document_numbered CHECK (public.is_numbered_document(document)),
    CONSTRAINT payment_request_history_quality_known CHECK ((history_quality = ANY (ARRAY['full'::text, 'partial'::text, 'final_state_only'::text]))),
    CONSTRAINT payment_request_kind_known CHECK ((kind = ANY (ARRAY['advance'::text, 'payment'::text]))),
    CONSTRAINT payment_request_origin_known CHECK ((origin = ANY (ARRAY['native'::text, 'imported'::text, 'mirrored'::text]))),
    CONSTRAINT payment_request_source_known CHECK (public.is_source(source)),
    CONSTRAINT payment_request_status_known CHECK ((status = ANY (ARRAY['submitted'::text, 'checked'::text, 'approved'::text, 'paid'::text, 'rejected'::text]))),
    CONSTRAINT payment_request_stays CHECK ((deleted_at IS NULL)),
    CONSTRAINT payment_request_year_range CHECK (((year >= 1990) AND (year <= 2100)))
);

ALTER TABLE ONLY public.payment_request FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.payment_request IS 'Requests for advances and payments (đề nghị tạm ứng, thanh toán). What was asked for stays; a wrong one is rejected.';

COMMENT ON COLUMN public.payment_request.year IS 'Year of the budget that pays; the contract''s unless the money was carried over.';

COMMENT ON COLUMN public.payment_request.document IS 'The letter that asks for it.';

COMMENT ON COLUMN public.payment_request.province_code IS 'Of the project.';

CREATE FUNCTION public.payment_faults(r public.payment_request) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  c contract;
  s money_sums;
  open_advances bigint;
  open_payments bigint;
begin
  select k.* into c from contract k where k.id = r.contract_id;
  s := money_of(r.project_id, of_contract => r.contract_id);
  select coalesce(sum(o.amount_vnd) filter (where o.kind = 'advance'), 0), coalesce(sum(o.amount_vnd) filter (where o.kind = 'payment'), 0)
    into open_advances, open_payments
    from payment_request o
   where o.contract_id = r.contract_id and o.status in ('submitted', 'checked', 'approved') and o.id <> r.id;
  s.advanced := s.advanced + open_advances + case r.kind when 'advance' then r.amount_vnd else 0 end;
  s.paid := s.paid + open_advances + open_payments + r.amount_vnd;
  return guard_if(c.status <> 'signed', '#/contract_id', 'g2_contract_signed', 'G2', jsonb_build_object(
           'contract_code', c.code, 'contract_status', c.status))
    || guard_if(c.parent_id is not null, '#/contract_id', 'g2_contract_carries_money', 'G2', jsonb_build_object('contract_code', c.code))
    || guard_if(c.parent_id is null and c.status = 'signed' and s.paid - s.recovered > s.contracted, '#/amount_vnd',
         'g2_paid_within_contracted', 'G2', jsonb_build_object('contracted_vnd', s.contracted, 'paid_vnd', s.paid, 'recovered_vnd', s.recovered))
    || case when r.kind = 'advance' and c.status = 'signed' and c.parent_id is null
         then advance_faults(r.project_id, s, r.requested_on) else '[]' end
    || settled_faults(c, open_advances + open_payments + r.amount_vnd);
end
$$;

CREATE FUNCTION public.payment_request_json(r public.payment_request) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', r.id,
    'version', r.version,
    'status', r.status,
    'stage', stage_of('payment_request', r.status),
    'allowed_actions', allowed_actions('payment_request', r.status, claim('app.tier'), acting_roles(), to_jsonb(r)),
    'contract_id', r.contract_id,
    'project_id', r.project_id,
    'line_id', r.line_id,
    'kind', r.kind,
    'year', r.year,
    'source', r.source,
    'amount_vnd', r.amount_vnd,
    'requested_on', r.requested_on,
    'document', document_json(r.document),
    'ledger_entry_id', (select e.id from ledger_entry e where e.payment_request_id = r.id),
    'organisation_id', r.organisation_id,
    'province_code', r.province_code,
    'origin', r.origin,
    'history_quality', r.history_quality,
    'note', r.note,
    'created_at', instant(r.created_at),
    'created_by', r.created_by,
    'updated_at', instant(r.updated_at),
    'updated_by', r.updated_by)
$$;

CREATE FUNCTION public.payment_request_rules() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if tg_op = 'UPDATE' then
    perform refuse_changed(to_jsonb(old), to_jsonb(new), array['note']);
  else
    perform refuse_faults(fault_if(new.requested_on > today(), '#/requested_on', 'date_in_future'));
    perform refuse_by_guards(payment_faults(new));
  end if;
  return new;
end
$$;

CREATE FUNCTION public.percent_of(part numeric, whole numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select round(part * 100 / nullif(whole, 0), 1)
$$;

COMMENT ON FUNCTION public.percent_of(part numeric, whole numeric) IS 'With one decimal; null where there is nothing to divide by.';

CREATE FUNCTION public.period_checked(starts date, ends date) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
  if starts > ends then
    raise exception using errcode = 'PT400', message = 'invalid-parameter',
      detail = jsonb_build_array(jsonb_build_object('parameter', 'to', 'code', 'period_order'));
  end if;
  return true;
end
$$;

CREATE FUNCTION public.period_label(starts date, ends date) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when starts <= '1900-01-01' and ends >= '2100-12-31' then 'Mọi thời kỳ'
    when starts <= '1900-01-01' then 'Đến ngày ' || to_char(ends, 'DD/MM/YYYY')
    when ends >= '2100-12-31' then 'Từ ngày ' || to_char(starts, 'DD/MM/YYYY')
    when starts = date_trunc('year', starts) and ends = starts + interval '1 year - 1 day' then 'Năm ' || to_char(starts, 'YYYY')
    else 'Từ ngày ' || to_char(starts, 'DD/MM/YYYY') || ' đến ngày ' || to_char(ends, 'DD/MM/YYYY')
  end
$$;

CREATE FUNCTION public.place_checked(pointer text, place jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  on_day date := coalesce((place ->> 'codes_on')::date, today());
  province text := place ->> 'province_code';
  commune admin_unit;
  faults jsonb := '[]';
begin
  if place is null or place = 'null' then
    return null;
  end if;
  if not exists (select from admin_unit_at(province, on_day) u where u.tier = 'province') then
    faults := faults || jsonb_build_object('pointer', pointer || '/province_code', 'code', 'unknown_admin_unit',
      'params', jsonb_build_object('code', province, 'codes_on', on_day));
  end if;
  if place ->> 'commune_code' is not null then
    select * into commune from admin_unit_at(place ->> 'commune_code', on_day) u where u.tier = 'commune';
    if commune.code is null then
      faults := faults || jsonb_build_object('pointer', pointer || '/commune_code', 'code', 'unknown_admin_unit',
        'params', jsonb_build_object('code', place ->> 'commune_code', 'codes_on', on_day));
    elsif commune.province_code <> province then
      faults := faults || jsonb_build_object('pointer', pointer || '/commune_code', 'code', 'commune_outside_province',
        'params', jsonb_build_object('commune', commune.full_name, 'province_code', commune.province_code));
    end if;
  end if;
  if faults <> '[]' then
    raise exception using errcode = 'PT422', message = 'invalid', detail = faults;
  end if;
  return place || jsonb_build_object('codes_on', on_day);
end
$$;

COMMENT ON FUNCTION public.place_checked(pointer text, place jsonb) IS 'A `Place` as it is kept: its codes name units of the day codes_on (default: today). Refuses all that is wrong with it.';

CREATE FUNCTION public.place_json(place jsonb) RETURNS json
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
begin
  return (
    select json_build_object(
      'province_code', p.province_code, 'province', admin_unit_name(p.province_code, p.codes_on),
      'commune_code', p.commune_code, 'commune', admin_unit_name(p.commune_code, p.codes_on),
      'address_line', p.address_line, 'codes_on', p.codes_on, 'latitude', p.latitude, 'longitude', p.longitude,
      'current', json_build_object(
        'province', admin_unit_name(province_on(p.province_code, p.codes_on, today(), p.commune_code), today()),
        'commune', admin_unit_name(admin_unit_on(p.commune_code, p.codes_on, today()), today())))
      from jsonb_to_record(place) p (province_code text, commune_code text, address_line text, codes_on date,
                                     latitude double precision, longitude double precision)
     where place is not null);
end
$$;

COMMENT ON FUNCTION public.place_json(place jsonb) IS 'A kept place as the API shows it: with the names of its day and, where that is certain, the units of today.';

CREATE FUNCTION public.placed_body(body jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select case when jsonb_typeof(body -> 'place') = 'object' then jsonb_set(body, '{place}', place_checked('#/place', jsonb_build_object(
    'codes_on', province_day(body #>> '{place,province_code}', coalesce((body ->> 'starts_on')::date, today()))) || (body -> 'place'))) else body end
$$;

COMMENT ON FUNCTION public.placed_body(body jsonb) IS 'A place without a day of its own is read on the map of the day on which it all began.';

CREATE FUNCTION public.placed_projects(q public.report_question) RETURNS TABLE(key text, p public.project)
    LANGUAGE sql STABLE
    AS $$
  select coalesce(m.key, project_province(p.province_code, p.codes_on, p.places, d.day)), p
    from report_projects(q) p
    left join report_map(q) m on m.code = p.province_code and p.codes_on between m.valid_from and m.valid_to
   cross join (select basis_date(q.geo_basis) as day offset 0) d
$$;

COMMENT ON FUNCTION public.placed_projects(q public.report_question) IS 'The projects of a report, each with the key of its province on the map.';

CREATE FUNCTION public.places_checked(pointer text, places jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select coalesce(jsonb_agg(place_checked(pointer || '/' || (n - 1), place) order by n), '[]')
    from jsonb_array_elements(places) with ordinality p (place, n)
$$;

CREATE FUNCTION public.places_json(places jsonb) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return (
    select coalesce(json_agg(place_json(place) order by n), '[]')
      from jsonb_array_elements(places) with ordinality p (place, n));
end
$$;

CREATE FUNCTION public.plan_adjustment_actions(d public.plan_adjustment) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select case
    when plan_adjustment_writable(d, claim('app.tier'), string_to_array(claim('app.provinces'), ','), claim('app.organisation_id')::uuid)
      then allowed_actions('plan_adjustment', d.status, claim('app.tier'), acting_roles(), to_jsonb(d))
    else '[]'
  end
$$;

CREATE FUNCTION public.plan_adjustment_frozen() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if old.status <> 'draft'
     and (new.kind, new.items, new.cut_percent, new.reason_code, new.deleted_at)
         is distinct from (old.kind, old.items, old.cut_percent, old.reason_code, old.deleted_at) then
    perform refuse_as_decided('plan_adjustment_frozen', 'plan_adjustment', old.status);
  end if;
  return new;
end
$$;

CREATE FUNCTION public.plan_adjustment_json(d public.plan_adjustment) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', d.id,
    'code', d.code,
    'version', d.version,
    'annual_plan_id', d.annual_plan_id,
    'year', d.year,
    'level', d.level,
    'kind', d.kind,
    'items', adjustment_items_json(d.items),
    'cut_percent', d.cut_percent,
    'reason_code', d.reason_code,
    'amount_before_vnd', d.amount_before_vnd,
    'amount_after_vnd', d.amount_after_vnd,
    'status', d.status,
    'stage', stage_of('plan_adjustment', d.status),
    'allowed_actions', plan_adjustment_actions(d),
    'decisions', decisions_of('plan_adjustment', d.id, '{approve}'),
    'organisation_id', d.organisation_id,
    'province_code', d.province_code,
    'origin', d.origin,
    'history_quality', d.history_quality,
    'note', d.note,
    'created_at', instant(d.created_at),
    'created_by', d.created_by,
    'updated_at', instant(d.updated_at),
    'updated_by', d.updated_by)
$$;

CREATE FUNCTION public.plan_adjustment_missing(d public.plan_adjustment, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select required_for_submit('plan_adjustment', to_jsonb(d), jsonb_strip_nulls(jsonb_build_object(
    'plan_adjustment_plan_assigned', case
      when not exists (select from annual_plan a where a.id = d.annual_plan_id and a.status in ('assigned', 'executing', 'settling'))
        then '{}'::jsonb end,
    'plan_adjustment_has_item', case when d.items = '[]' then '{}'::jsonb end,
    'plan_adjustment_transfer_sum', case when d.amount_before_vnd <> d.amount_after_vnd
      then jsonb_build_object('before_vnd', d.amount_before_vnd, 'after_vnd', d.amount_after_vnd) end,
    'plan_adjustment_cut_lowers', case when d.amount_after_vnd >= d.amount_before_vnd
      then jsonb_build_object('before_vnd', d.amount_before_vnd, 'after_vnd', d.amount_after_vnd) end,
    'plan_adjustment_before_changed', (
      select jsonb_build_object('before_vnd', s -> 'before_vnd', 'current_vnd', s -> 'current_vnd')
        from jsonb_array_elements(stale_adjustment_items(d)) s limit 1))), on_day)
$$;

CREATE FUNCTION public.plan_adjustment_snapshot(of_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select frozen_part(plan_adjustment_json(d)) from plan_adjustment d where d.id = of_id
$$;

CREATE FUNCTION public.plan_adjustment_summary_json(d public.plan_adjustment) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', d.id,
    'code', d.code,
    'version', d.version,
    'annual_plan_id', d.annual_plan_id,
    'year', d.year,
    'level', d.level,
    'kind', d.kind,
    'cut_percent', d.cut_percent,
    'reason_code', d.reason_code,
    'amount_before_vnd', d.amount_before_vnd,
    'amount_after_vnd', d.amount_after_vnd,
    'status', d.status,
    'stage', stage_of('plan_adjustment', d.status),
    'organisation_id', d.organisation_id,
    'province_code', d.province_code,
    'updated_at', instant(d.updated_at))
$$;

CREATE FUNCTION public.plan_adjustment_writable(d public.plan_adjustment, tier text, provinces text[], own_organisation uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select case
    when d.province_code is null then tier = 'central'
    else coalesce(d.province_code = any (provinces) or d.organisation_id = own_organisation, false)
  end
$$;

COMMENT ON FUNCTION public.plan_adjustment_writable(d public.plan_adjustment, tier text, provinces text[], own_organisation uuid) IS 'The centre''s own: central bodies; others: their territory and who made them.';

CREATE FUNCTION public.plan_call_json(c public.plan_call) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', c.id,
    'code', c.code,
    'version', c.version,
    'title', c.title,
    'year', c.year,
    'level', c.level,
    'status', c.status,
    'sent_on', c.sent_on,
    'closes_on', c.closes_on,
    'recipients', (
      select coalesce(json_agg(json_build_object('organisation_id', r -> 'organisation_id', 'name', o.name, 'replied_on', r -> 'replied_on',
               'is_late', coalesce((r ->> 'replied_on')::date > c.closes_on, false)) order by n), '[]')
        from jsonb_array_elements(c.recipients) with ordinality listed (r, n)
        left join organisation o on o.id = (r ->> 'organisation_id')::uuid),
    'recipients_count', jsonb_array_length(c.recipients),
    'replied_count', (select count(*) from jsonb_array_elements(c.recipients) r where r ->> 'replied_on' is not null),
    'documents', documents_json(c.documents),
    'organisation_id', c.organisation_id,
    'province_code', c.province_code,
    'origin', c.origin,
    'history_quality', c.history_quality,
    'note', c.note,
    'created_at', instant(c.created_at),
    'created_by', c.created_by,
    'updated_at', instant(c.updated_at),
    'updated_by', c.updated_by)
$$;

CREATE FUNCTION public.plan_frozen() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if not plan_is_open(old.status)
     and (new.name, new.programme_id, new.opens_on, new.closes_on, new.deleted_at)
         is distinct from (old.name, old.programme_id, old.opens_on, old.closes_on, old.deleted_at) then
    perform refuse_as_decided('annual_plan_frozen', 'annual_plan', old.status);
  end if;
  return new;
end
$$;

CREATE FUNCTION public.plan_is_assigned(status text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select status in ('assigned', 'executing', 'settling', 'closed')
$$;

COMMENT ON FUNCTION public.plan_is_assigned(status text) IS 'Has the plan been decided? Then its items change by adjustment only.';

CREATE FUNCTION public.plan_is_open(status text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select status in ('draft', 'collecting', 'appraising', 'returned')
$$;

COMMENT ON FUNCTION public.plan_is_open(status text) IS 'May the items still be edited?';

CREATE FUNCTION public.plan_item_decided(item jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select jsonb_build_object('activity_code', item -> 'activity_code', 'support_vnd', item -> 'support_vnd',
           'counterpart_vnd', item -> 'counterpart_vnd', 'completion_month', item -> 'completion_month',
           'is_stopped', item -> 'is_stopped')
$$;

CREATE FUNCTION public.plan_item_frozen() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  plan_status text;
  quality text;
  decided jsonb;
begin
  select a.status, a.history_quality into plan_status, quality from public.annual_plan a where a.id = new.annual_plan_id;
  -- What came without its history is put right by whoever brings it, as in refuse_frozen().
  if public.plan_is_open(plan_status) or quality = 'final_state_only' then
    return new;
  end if;
  if tg_op = 'INSERT' then
    if not exists (select from public.plan_adjustment d
                    where d.id = new.plan_adjustment_id and d.annual_plan_id = new.annual_plan_id and d.status = 'approved') then
      perform public.refuse_as_decided('annual_plan_item_frozen', 'annual_plan', plan_status);
    end if;
    return new;
  end if;
  if public.plan_item_decided(to_jsonb(new)) is distinct from public.plan_item_decided(to_jsonb(old)) then
    select public.plan_item_decided(to_jsonb(v)) into decided
      from public.annual_plan_item_version v
     where v.item_id = new.id
     order by v.version_no desc
     limit 1;
  end if;
  if public.plan_item_decided(to_jsonb(new)) is distinct from coalesce(decided, public.plan_item_decided(to_jsonb(old)))
     or old.baseline is not null and new.baseline is distinct from old.baseline
     or new.project_id is distinct from old.project_id
     or new.deleted_at is distinct from old.deleted_at then
    perform public.refuse_as_decided('annual_plan_item_frozen', 'annual_plan', plan_status);
  end if;
  return new;
end
$$;

COMMENT ON FUNCTION public.plan_item_frozen() IS 'From its submission on a plan takes new items from an approved adjustment only, an item is what its newest version says, and its baseline stays.';

CREATE FUNCTION public.plan_item_state(activity_code text, support_vnd bigint, counterpart_vnd bigint, completion_month text, is_stopped boolean) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select jsonb_build_object('activity_code', activity_code, 'support_vnd', support_vnd, 'counterpart_vnd', counterpart_vnd,
           'completion_month', completion_month, 'is_stopped', is_stopped)
$$;

COMMENT ON FUNCTION public.plan_item_state(activity_code text, support_vnd bigint, counterpart_vnd bigint, completion_month text, is_stopped boolean) IS 'What a decision settles of an item: the shape of baseline, before and after.';

CREATE TABLE public.annual_plan_item_version (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    item_id uuid NOT NULL,
    version_no integer NOT NULL,
    valid_from date NOT NULL,
    activity_code text,
    support_vnd bigint NOT NULL,
    counterpart_vnd bigint NOT NULL,
    completion_month text,
    is_stopped boolean NOT NULL,
    plan_adjustment_id uuid,
    transition_id uuid NOT NULL,
    recorded_at timestamp with time zone DEFAULT public.current_instant() NOT NULL
);

ALTER TABLE ONLY public.annual_plan_item_version FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.annual_plan_item_version IS 'What a plan item was by which decision. Append only; the newest is the current plan.';

COMMENT ON COLUMN public.annual_plan_item_version.version_no IS '1: what was assigned, or added by an adjustment.';

COMMENT ON COLUMN public.annual_plan_item_version.valid_from IS 'Day of the decision.';

COMMENT ON COLUMN public.annual_plan_item_version.plan_adjustment_id IS 'The adjustment that made it; null: the plan was assigned so.';

COMMENT ON COLUMN public.annual_plan_item_version.transition_id IS 'The act that decided, with its documents.';

CREATE FUNCTION public.plan_item_version_json(v public.annual_plan_item_version) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', v.id,
    'item_id', v.item_id,
    'version_no', v.version_no,
    'valid_from', v.valid_from,
    'activity_code', v.activity_code,
    'support_vnd', v.support_vnd,
    'counterpart_vnd', v.counterpart_vnd,
    'completion_month', v.completion_month,
    'is_stopped', v.is_stopped,
    'plan_adjustment_id', v.plan_adjustment_id,
    'transition_id', v.transition_id,
    'decisions', documents_json(coalesce((select t.documents from transition t where t.id = v.transition_id), '[]')),
    'recorded_at', instant(v.recorded_at))
$$;

CREATE FUNCTION public.plan_item_writable(plan public.annual_plan, item_province text, tier text, provinces text[], own_organisation uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select annual_plan_writable(plan, tier, provinces, own_organisation)
      or plan.level = 'national' and plan.status = 'collecting' and coalesce(item_province = any (provinces), false)
$$;

COMMENT ON FUNCTION public.plan_item_writable(plan public.annual_plan, item_province text, tier text, provinces text[], own_organisation uuid) IS 'Whoever writes the plan; and while a plan of the nation collects, each province its own projects.';

CREATE FUNCTION public.plan_table_part(group_by text, p public.project, place_key text) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select case group_by
    when 'activity' then project_sole_activity(p.id)
    when 'organisation' then coalesce(p.implementer_id::text, 'none')
    when 'programme' then coalesce(p.programme_id::text, 'none')
    when 'level' then p.level
    when 'province' then place_key
  end
$$;

CREATE FUNCTION public.plan_table_part_label(group_by text, part text, day date) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select case
    when part = 'several' then 'Nhiều nội dung'
    when group_by = 'activity' then activity_label(part)
    when part = 'none' then case group_by when 'organisation' then 'Chưa ghi đơn vị thực hiện' when 'programme' then 'Không thuộc chương trình' else 'không xác định' end
    when group_by = 'organisation' then coalesce(organisation_name(part::uuid), 'Đơn vị khác')
    when group_by = 'programme' then coalesce((select g.code || '. ' || g.name from programme g where g.id = part::uuid), 'Chương trình khác')
    else report_label(group_by, part, day)
  end
$$;

CREATE FUNCTION public.plan_table_part_url(group_by text, part text, filters jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case when part <> 'none' or group_by in ('activity', 'province') then
    records_url('/v1/projects', filters || jsonb_build_object(
      case group_by when 'activity' then 'sole_activity_code' when 'organisation' then 'implementer_id' when 'programme' then 'programme_id'
                    when 'province' then 'province_code' else group_by end, part)) end
$$;

COMMENT ON FUNCTION public.plan_table_part_url(group_by text, part text, filters jsonb) IS 'Null where no list finds these alone.';

CREATE FUNCTION public.plan_table_sums(figures jsonb[]) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select jsonb_object_agg(c.key, (select coalesce(sum((f ->> c.key)::numeric), 0) from unnest(figures) f))
    from plan_table_column c where c.is_additive
$$;

CREATE FUNCTION public.plan_table_values(p public.project, of_year integer, place text) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select jsonb_build_object(
    'code', p.code,
    'implementer', (select o.name from organisation o where o.id = p.implementer_id),
    'beneficiaries', (select string_agg(n.name, '; ' order by n.name collate vietnamese)
                        from (select distinct e.name from project_line l join establishment e on e.id = l.establishment_id
                               where l.project_id = p.id and l.deleted_at is null and l.status not in ('withdrawn', 'removed')) n),
    'places', place,
    'activities', (select string_agg(a.code, '; ' order by a.code)
                     from (select distinct l.activity_code as code from project_line l
                            where l.project_id = p.id and l.deleted_at is null and l.activity_code is not null) a),
    'objective', left(p.objective, 30000),
    'starts_on', p.starts_on,
    'ends_on', p.ends_on,
    'total_cost_vnd', p.total_cost_vnd,
    'central_promotion_vnd', (select sum(f.amount_vnd) from project_funding f where f.project_id = p.id and f.deleted_at is null and f.year = of_year and f.source = 'central_promotion'),
    'local_promotion_vnd', (select sum(f.amount_vnd) from project_funding f where f.project_id = p.id and f.deleted_at is null and f.year = of_year and f.source = 'local_promotion'),
    'counterpart_vnd', p.counterpart_vnd,
    'baseline_support_vnd', assigned_baseline_vnd(p.id, of_year),
    'current_support_vnd', assigned_vnd(p.id, of_year),
    'decision_no', d.document ->> 'document_no',
    'decision_on', d.document ->> 'issued_on',
    'status', (select s.label_vi from record_status s where s.record_type = 'project' and s.status = p.status),
    'note', left(p.note, 30000))
    from (values (1)) one
    left join lateral (
      select document
        from transition t cross join jsonb_array_elements(t.documents) document
       where t.record_type = 'project' and t.record_id = p.id and document ->> 'kind' = 'decision'
         and (t.to_status in ('approved', 'contracted', 'accepted', 'settled', 'closed') or t.action = 'import')
       order by t.recorded_at desc limit 1) d on true
$$;

CREATE FUNCTION public.plan_tally(q public.report_question) RETURNS TABLE(province_code text, codes_on date, places jsonb, level text, baseline_count bigint, assigned_count bigint, baseline_vnd bigint, assigned_vnd bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  return query execute
    'select p.province_code, p.codes_on, ' || public.tally_places(q) || ', p.level,
       count(distinct p.id) filter (where i.baseline is not null), count(distinct p.id) filter (where not i.is_stopped),
       sum((i.baseline ->> ''support_vnd'')::bigint)::bigint, sum(i.support_vnd)::bigint
     from public.annual_plan_item i
     join public.annual_plan a on a.id = i.annual_plan_id and a.deleted_at is null and public.plan_is_assigned(a.status)
     join public.project p on p.id = i.project_id
     where i.deleted_at is null and ' || public.tally_condition() || ' group by 1, 2, 3, 4'
    using q, public.claimed_provinces(q.provinces), public.claimed_organisation(q.own_organisation), q."from", q."to";
end
$$;

COMMENT ON FUNCTION public.plan_tally(q public.report_question) IS 'What assigned plans give to the projects of report_projects(), at first and now.';

CREATE FUNCTION public.plan_year_indicators(q public.report_question) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
  ids constant uuid[] := array(select p.id from planned_projects(q) p);
  registered record;
  ended record;
  supported record;
  adjusted json[];
begin
  -- A plan that never said when registration ends has nothing on time and nothing late.
  select count(*) as registrations, count(*) filter (where i.registered_on <= a.closes_on) as on_time into registered
    from annual_plan_item i
    join annual_plan a on a.id = i.annual_plan_id and a.deleted_at is null and a.closes_on is not null
   where i.project_id = any (ids) and i.year = q.year and i.deleted_at is null and i.plan_adjustment_id is null;
  select (select count(*) from transition t where t.record_type = 'project' and t.record_id = any (ids) and t.action = 'return') as returns,
         (select count(*) from unnest(ids) p (id)
           where exists (select from contract c where c.project_id = p.id and c.deleted_at is null and c.status = 'closed_out')
             and not exists (select from contract c where c.project_id = p.id and c.deleted_at is null and c.status in ('draft', 'signed'))) as liquidated
    into ended;
  select count(distinct l.establishment_id) as establishments, count(l.establishment_id) as visits into supported
    from project_line l
   where l.project_id = any (ids) and l.deleted_at is null and l.status in ('accepted', 'settled');
  select array_agg(report_indicator('adjustments_' || r.reason, 'Điều chỉnh kế hoạch: ' || reason_label(r.reason), 'Adjustments: ' || r.reason,
           'Số quyết định điều chỉnh có lý do này; kinh phí ' || case when r.change > 0 then '+' else '' end || figure_vi(r.change, 'vnd') || ' triệu đồng', r.adjustments)
           order by r.adjustments desc, r.reason)
    into adjusted
    from (select coalesce(d.reason_code, 'none') as reason, count(distinct d.id) as adjustments, sum(v.change) as change
            from (select v.plan_adjustment_id, v.support_vnd - coalesce(lag(v.support_vnd) over (partition by v.item_id order by v.version_no), 0) as change
                    from annual_plan_item i join annual_plan_item_version v on v.item_id = i.id
                   where i.project_id = any (ids) and i.year = q.year and i.deleted_at is null) v
            join plan_adjustment d on d.id = v.plan_adjustment_id
           group by 1) r;
  return array_to_json(array[
    report_indicator('registrations', 'Số đề án đăng ký kế hoạch', 'Registrations', 'Đề án đăng ký vào kế hoạch có hạn đăng ký', registered.registrations, 'project'),
    report_indicator('on_time_registration_rate', 'Tỷ lệ đăng ký đúng hạn', 'Registered on time', 'Đăng ký không sau ngày hết hạn / số đăng ký × 100', percent_of(registered.on_time, registered.registrations), 'percent'),
    report_indicator('return_count', 'Số lần trả lại hồ sơ', 'Times returned', 'Số lần hồ sơ đề án bị trả lại', ended.returns),
    report_indicator('projects_liquidated', 'Đã thanh lý hợp đồng', 'Liquidated', 'Số đề án mà mọi hợp đồng còn hiệu lực đã thanh lý', ended.liquidated, 'project'),
    report_indicator('establishments_supported', 'Số cơ sở được hỗ trợ', 'Establishments supported', 'Số cơ sở khác nhau của các hạng mục đã nghiệm thu', supported.establishments, 'establishment'),
    report_indicator('establishment_visits', 'Số lượt cơ sở được hỗ trợ', 'Times establishments were supported', 'Số hạng mục đã nghiệm thu có đơn vị thụ hưởng', supported.visits)] || coalesce(adjusted, '{}'));
end
$$;

COMMENT ON FUNCTION public.plan_year_indicators(q public.report_question) IS 'Of the projects of planned_projects(); an indicator for each reason of an adjustment that was decided.';

CREATE FUNCTION public.planned_projects(q public.report_question) RETURNS SETOF public.project
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return query
    select p.* from project p
      left join wanted_map(q) m on m.code = p.province_code and p.codes_on between m.valid_from and m.valid_to
     where (p.province_code = any (q.provinces) or p.organisation_id = q.own_organisation or p.implementer_id = q.own_organisation)
       and p.deleted_at is null
       and project_planned_in(p.id, p.starts_on, q.year)
       and (q.level is null or p.level = q.level)
       and (q.scale is null or coalesce(p.scale, 'none') = any (q.scale))
       and (q.programme_id is null or p.programme_id = q.programme_id)
       and (q.activity_code is null or project_activities(p.id) && q.activity_code)
       and (q.source is null or project_sources(p.id) && q.source)
       and (q.province_code is null or p.province_code = any (provinces_reaching(q.province_code)))
       and (q.province_code is null and q.region_code is null
            or coalesce(m.is_wanted, project_wanted(p.province_code, p.codes_on, p.places, q)));
end
$$;

CREATE FUNCTION public.post_allocation() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  insert into ledger_entry (kind, source, year, holder_id, from_holder_id, allocation_id, from_account, amount_vnd, entry_on, document,
    organisation_id)
  values (case new.kind when 'transfer' then 'transfer' else 'allocation' end, new.source, new.year, new.organisation_id,
    new.from_organisation_id, new.id, case new.kind when 'cut' then 'allocated' end, new.amount_vnd, new.decided_on, new.document,
    new.organisation_id);
  return null;
end
$$;

CREATE FUNCTION public.post_of_contract(c public.contract, of_kind text, amount bigint, on_day date, paper jsonb, turned boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  insert into ledger_entry (kind, source, year, project_id, line_id, contract_id, from_account, amount_vnd, entry_on, document)
  values (of_kind, c.source, c.year, c.project_id, c.line_id, c.id, case when turned then 'committed' end, amount, on_day, paper);
end
$$;

CREATE TABLE public.priority_rule (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    code text NOT NULL,
    kind text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    weight numeric(5,2) NOT NULL,
    trade_codes text[] DEFAULT '{}'::text[] NOT NULL,
    scales text[] DEFAULT '{}'::text[] NOT NULL,
    legal_document_no text NOT NULL,
    legal_article text,
    valid_from date NOT NULL,
    valid_to date,
    certainty text NOT NULL,
    enforcement text NOT NULL,
    note text,
    version integer DEFAULT 1 NOT NULL,
    origin text DEFAULT 'release'::text NOT NULL,
    replaces_id uuid,
    organisation_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    CONSTRAINT priority_rule_certainty_known CHECK ((certainty = ANY (ARRAY['verified'::text, 'second_hand'::text, 'uncertain'::text]))),
    CONSTRAINT priority_rule_ends_after_starts CHECK ((valid_to >= valid_from)),
    CONSTRAINT priority_rule_enforcement_known CHECK ((enforcement = ANY (ARRAY['block'::text, 'warn'::text]))),
    CONSTRAINT priority_rule_kind_known CHECK ((kind = ANY (ARRAY['area'::text, 'trade'::text, 'product'::text, 'group'::text, 'key'::text]))),
    CONSTRAINT priority_rule_origin_known CHECK ((origin = ANY (ARRAY['release'::text, 'authority'::text]))),
    CONSTRAINT priority_rule_scales_known CHECK ((scales <@ ARRAY['single'::text, 'group'::text, 'key'::text])),
    CONSTRAINT priority_rule_uncertain_warns CHECK (((certainty <> 'uncertain'::text) OR (enforcement = 'warn'::text))),
    CONSTRAINT priority_rule_weight_range CHECK ((weight > (0)::numeric))
);

ALTER TABLE ONLY public.priority_rule FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.priority_rule IS 'What goes first when money is short (quy tắc ưu tiên), over time; loaded from db/reference/priority_rules.csv.';

COMMENT ON COLUMN public.priority_rule.kind IS 'What it looks at: area, trade, product, group (đề án nhóm) or key (đề án điểm).';

COMMENT ON COLUMN public.priority_rule.weight IS 'For comparison among rules; no text sets it, so it is 1 unless a province says otherwise.';

COMMENT ON COLUMN public.priority_rule.trade_codes IS 'Trades it holds for; empty: not judged by trade.';

COMMENT ON COLUMN public.priority_rule.scales IS 'Scales of projects it holds for; empty: all.';

COMMENT ON COLUMN public.priority_rule.origin IS 'release: loaded with it, which may correct the row as long as nobody has changed it; authority: entered over the API.';

COMMENT ON COLUMN public.priority_rule.replaces_id IS 'The row that this one took the place of, which ended on the day before.';

COMMENT ON COLUMN public.priority_rule.organisation_id IS 'The body that entered the row; null: of the release.';

CREATE FUNCTION public.priority_rule_json(r public.priority_rule) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select (jsonb_build_object(
    'id', r.id,
    'code', r.code,
    'kind', r.kind,
    'name_vi', r.name_vi,
    'name_en', r.name_en,
    'weight', trim_scale(r.weight),
    'trade_codes', r.trade_codes,
    'scales', r.scales,
    'legal_basis', json_build_object('document_no', r.legal_document_no, 'article', r.legal_article),
    'valid_from', r.valid_from,
    'valid_to', r.valid_to,
    'certainty', r.certainty,
    'enforcement', r.enforcement,
    'note', r.note)
    || rule_json('priority_rule', to_jsonb(r)))::json
$$;

CREATE FUNCTION public.product_code_parts(code text) RETURNS jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $_$
  select jsonb_build_object('province_code', m[1], 'district_code', m[3], 'commune_code', m[4], 'sequence_no', m[5]::integer,
           'year', m[6]::integer)
    from regexp_match(code, '^([0-9]{1,2})(-([0-9]{1,3}))?-([0-9]{1,5})-([0-9]{1,9})-([1-9][0-9]{3})$') m
   where m is not null
$_$;

COMMENT ON FUNCTION public.product_code_parts(code text) IS 'province-district-commune-sequence-year, since 7/2025 without the district; null when the code has another form.';

CREATE FUNCTION public.product_code_period(parts jsonb) RETURNS daterange
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select common.days
    from admin_unit c
    join admin_unit p on p.tier = 'province' and p.code = parts ->> 'province_code'
    left join admin_unit d on d.tier = 'district' and d.code = parts ->> 'district_code'
   cross join lateral (
     select daterange(c.assumed_from, c.valid_to, '[]') * daterange(p.assumed_from, p.valid_to, '[]')
          * daterange(d.assumed_from, d.valid_to, '[]') -- without a district: all days
          * daterange(make_date((parts ->> 'year')::integer, 1, 1), make_date((parts ->> 'year')::integer, 12, 31), '[]') as days) common
   where c.tier = 'commune' and c.code = parts ->> 'commune_code'
     and c.parent_code = coalesce(d.code, p.code) and (d.parent_code = p.code or parts ->> 'district_code' is null)
     and not isempty(common.days)
   order by upper(common.days) desc
   limit 1
$$;

COMMENT ON FUNCTION public.product_code_period(parts jsonb) IS 'The days of its year on which the parts are official codes of units that lie in each other; null: none.';

CREATE SEQUENCE public.product_code
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.product (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date NOT NULL,
    origin text DEFAULT 'native'::text NOT NULL,
    history_quality text DEFAULT 'full'::text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    code text DEFAULT public.printed_code('SP'::text, 'public.product_code'::regclass) NOT NULL,
    establishment_id uuid NOT NULL,
    name text NOT NULL,
    brand text,
    gtin text,
    trace_code text,
    is_set boolean DEFAULT false NOT NULL,
    packing text,
    price_vnd bigint,
    measure_unit text,
    yearly_output numeric,
    ip_rights jsonb DEFAULT '[]'::jsonb NOT NULL,
    story text,
    folded text GENERATED ALWAYS AS (public.fold(((((code || ' '::text) || name) || ' '::text) || COALESCE(brand, ''::text)))) STORED,
    CONSTRAINT product_gtin_check CHECK (public.gtin_valid(gtin)),
    CONSTRAINT product_history_quality_known CHECK ((history_quality = ANY (ARRAY['full'::text, 'partial'::text, 'final_state_only'::text]))),
    CONSTRAINT product_ip_rights_shape CHECK (public.are_ip_rights(ip_rights)),
    CONSTRAINT product_origin_known CHECK ((origin = ANY (ARRAY['native'::text, 'imported'::text, 'mirrored'::text]))),
    CONSTRAINT product_price_range CHECK (public.is_amount((price_vnd)::numeric)),
    CONSTRAINT product_yearly_output_range CHECK (((yearly_output >= (0)::numeric) AND (yearly_output <= ('9007199254740991'::bigint)::numeric)))
);

ALTER TABLE ONLY public.product FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.product IS 'Products of establishments: for OCOP and for the voting for typical rural-industry products.';

COMMENT ON COLUMN public.product.province_code IS 'Territory: that of the establishment, as coded on codes_on. Kept equal by a trigger.';

COMMENT ON COLUMN public.product.gtin IS 'Barcode number; a foreign prefix is allowed.';

COMMENT ON COLUMN public.product.trace_code IS 'As printed on the stamp of traceability (truy xuất nguồn gốc).';

COMMENT ON COLUMN public.product.is_set IS 'Several things sold as one (bộ sản phẩm quà tặng).';

COMMENT ON COLUMN public.product.price_vnd IS 'Of one package.';

COMMENT ON COLUMN public.product.measure_unit IS 'Of yearly_output.';

COMMENT ON COLUMN public.product.ip_rights IS '[{kind, document_no, issued_on, valid_to}].';

CREATE FUNCTION public.product_json(p public.product) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', p.id, 'code', p.code, 'version', p.version, 'name', p.name, 'brand', p.brand,
    'establishment_id', p.establishment_id, 'gtin', p.gtin, 'trace_code', p.trace_code, 'is_set', p.is_set,
    'packing', p.packing, 'price_vnd', p.price_vnd, 'measure_unit', p.measure_unit, 'yearly_output', p.yearly_output,
    'ip_rights', ip_rights_json(p.ip_rights), 'story', p.story,
    'organisation_id', p.organisation_id, 'province_code', p.province_code, 'codes_on', p.codes_on,
    'province', admin_unit_name(p.province_code, p.codes_on), 'current', current_json(p.province_code, p.codes_on),
    'warnings', product_warnings(p), 'external_refs', external_refs_json('product', p.id),
    'origin', p.origin, 'history_quality', p.history_quality, 'note', p.note,
    'created_at', instant(p.created_at), 'created_by', p.created_by,
    'updated_at', instant(p.updated_at), 'updated_by', p.updated_by)
$$;

CREATE FUNCTION public.product_set_in_force(s public.ocop_product_set, day date) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select day >= s.valid_from and (s.valid_to is null or day <= s.valid_to)
$$;

CREATE FUNCTION public.product_summary_json(p public.product) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', p.id, 'code', p.code, 'version', p.version, 'name', p.name, 'brand', p.brand,
    'establishment_id', p.establishment_id, 'gtin', p.gtin, 'is_set', p.is_set,
    'organisation_id', p.organisation_id, 'province_code', p.province_code, 'codes_on', p.codes_on,
    'province', admin_unit_name(p.province_code, p.codes_on), 'current', current_json(p.province_code, p.codes_on),
    'updated_at', instant(p.updated_at))
$$;

CREATE FUNCTION public.product_warnings(p public.product) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select warning_if(is_foreign_gtin(p.gtin), '#/gtin', 'gtin_foreign_prefix', 'Mã vạch không mang đầu số 893 của Việt Nam',
    'The barcode has another prefix than 893 of Viet Nam')
$$;

CREATE FUNCTION public.programme_actions(g public.programme) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select case
    when programme_writable(g, claim('app.tier'), string_to_array(claim('app.provinces'), ','), claim('app.organisation_id')::uuid)
      then allowed_actions('programme', g.status, claim('app.tier'), acting_roles(), to_jsonb(g))
    else '[]'
  end
$$;

CREATE FUNCTION public.programme_json(g public.programme) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', g.id,
    'code', g.code,
    'version', g.version,
    'kind', g.kind,
    'level', g.level,
    'name', g.name,
    'status', g.status,
    'stage', stage_of('programme', g.status),
    'allowed_actions', programme_actions(g),
    'starts_on', g.starts_on,
    'ends_on', g.ends_on,
    'predecessor_id', g.predecessor_id,
    'activity_priorities', g.activity_priorities,
    'planned_funding', g.planned_funding,
    'organisation_id', g.organisation_id,
    'province_code', g.province_code,
    'codes_on', g.codes_on,
    'province', admin_unit_name(g.province_code, g.codes_on),
    'current', current_json(g.province_code, g.codes_on),
    'evidence_grade', g.evidence_grade,
    'external_refs', external_refs_json('programme', g.id),
    'origin', g.origin,
    'history_quality', g.history_quality,
    'note', g.note,
    'created_at', instant(g.created_at),
    'created_by', g.created_by,
    'updated_at', instant(g.updated_at),
    'updated_by', g.updated_by)
$$;

CREATE FUNCTION public.programme_missing(g public.programme, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select required_for_submit('programme', to_jsonb(g), case
    when exists (select from target t where t.programme_id = g.id and t.deleted_at is null) then '{}'
    else '{"programme_has_target": {}}'::jsonb
  end, on_day)
$$;

CREATE FUNCTION public.programme_snapshot(of_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select frozen_part(programme_json(g)) || jsonb_build_object(
           'targets', (select coalesce(jsonb_agg(target_json(t) order by t.created_at, t.id), '[]')
                         from target t where t.programme_id = g.id and t.deleted_at is null))
    from programme g
   where g.id = of_id
$$;

CREATE FUNCTION public.programme_summary_json(g public.programme) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', g.id,
    'code', g.code,
    'version', g.version,
    'kind', g.kind,
    'level', g.level,
    'name', g.name,
    'status', g.status,
    'stage', stage_of('programme', g.status),
    'starts_on', g.starts_on,
    'ends_on', g.ends_on,
    'organisation_id', g.organisation_id,
    'province_code', g.province_code,
    'codes_on', g.codes_on,
    'province', admin_unit_name(g.province_code, g.codes_on),
    'current', current_json(g.province_code, g.codes_on),
    'updated_at', instant(g.updated_at))
$$;

CREATE FUNCTION public.programme_targets_on(of_programme uuid, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select coalesce((programme_version_on(of_programme, on_day)).targets, version_targets(of_programme))
$$;

COMMENT ON FUNCTION public.programme_targets_on(of_programme uuid, on_day date) IS 'Targets that hold on a day: of the version in force; of the programme itself where it has no versions.';

CREATE FUNCTION public.programme_version_frozen() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
  own_columns constant text[] := array['version', 'status', 'valid_from', 'valid_to', 'transition_id', 'organisation_id', 'province_code',
    'updated_at', 'updated_by'];
begin
  if old.status <> 'proposed' and to_jsonb(new) - own_columns <> to_jsonb(old) - own_columns then
    raise exception using errcode = 'PT409', message = 'guard-failed', detail = jsonb_build_array(jsonb_build_object(
      'pointer', '#', 'code', 'programme_version_frozen'));
  end if;
  return new;
end
$$;

COMMENT ON FUNCTION public.programme_version_frozen() IS 'A version that was decided stays as it is; only a proposal is changed or deleted.';

CREATE FUNCTION public.programme_version_json(v public.programme_version) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', v.id,
    'version', v.version,
    'programme_id', v.programme_id,
    'version_no', v.version_no,
    'status', v.status,
    'name', v.name,
    'starts_on', v.starts_on,
    'ends_on', v.ends_on,
    'activity_priorities', v.activity_priorities,
    'planned_funding', v.planned_funding,
    'targets', v.targets,
    'valid_from', v.valid_from,
    'valid_to', v.valid_to,
    'transition_id', v.transition_id,
    'decisions', documents_json(coalesce((select t.documents from transition t where t.id = v.transition_id), '[]')),
    'note', v.note,
    'created_at', instant(v.created_at),
    'created_by', v.created_by,
    'updated_at', instant(v.updated_at),
    'updated_by', v.updated_by)
$$;

CREATE FUNCTION public.programme_version_on(of_programme uuid, on_day date) RETURNS public.programme_version
    LANGUAGE sql STABLE
    AS $$
  select v.*
    from programme_version v
   where v.programme_id = of_programme and v.status <> 'proposed' and v.deleted_at is null
   order by v.valid_from <= on_day desc, case when v.valid_from <= on_day then on_day - v.valid_from else v.valid_from - on_day end, v.version_no desc
   limit 1
$$;

COMMENT ON FUNCTION public.programme_version_on(of_programme uuid, on_day date) IS 'The version in force on a day; before the first decision, the first one.';

CREATE FUNCTION public.programme_visible(wanted uuid, provinces text[], own_organisation uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return wanted is null or exists (
    select from programme g
     where g.id = wanted and g.deleted_at is null
       and (g.level = 'national' or g.province_code = any (provinces) or g.organisation_id = own_organisation));
end
$$;

COMMENT ON FUNCTION public.programme_visible(wanted uuid, provinces text[], own_organisation uuid) IS 'May this caller name the programme? Null names none.';

CREATE FUNCTION public.programme_writable(g public.programme, tier text, provinces text[], own_organisation uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select case
    when g.level = 'national' then tier = 'central'
    else coalesce(g.province_code = any (provinces) or g.organisation_id = own_organisation, false)
  end
$$;

COMMENT ON FUNCTION public.programme_writable(g public.programme, tier text, provinces text[], own_organisation uuid) IS 'National programmes: central bodies; local ones: their territory and the organisation that made them.';

CREATE FUNCTION public.progress_report_missing(r public.progress_report, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select required_for_submit('progress_report', to_jsonb(r), '{}', on_day)
$$;

CREATE FUNCTION public.project_accepted_by(status text, history_quality text, of_project uuid, on_day date) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
  if status not in ('accepted', 'settling', 'settled', 'closed') then
    return false;
  elsif history_quality = 'final_state_only' or on_day >= today() then
    return true;
  end if;
  return exists (
    select from transition t
     where t.record_type = 'project' and t.record_id = of_project and t.to_status = 'accepted' and t.acted_on <= on_day);
end
$$;

COMMENT ON FUNCTION public.project_accepted_by(status text, history_quality text, of_project uuid, on_day date) IS 'Accepted on or before a day, by the acts; by the state alone where nothing else was handed down, or the day is not past.';

CREATE FUNCTION public.project_activities(of_project uuid) RETURNS text[]
    LANGUAGE sql STABLE
    AS $$
  select coalesce(array_agg(distinct coalesce(c.code, 'none')), '{none}')
    from project_line l
   cross join lateral (values (l.activity_code), (root_activity(l.activity_code))) c (code)
   where l.project_id = of_project and l.deleted_at is null
$$;

COMMENT ON FUNCTION public.project_activities(of_project uuid) IS 'Activities of its lines and the groups that these belong to; none: for lines without one, and for a project without lines.';

CREATE FUNCTION public.project_activity_groups(of_project uuid) RETURNS text[]
    LANGUAGE sql STABLE
    AS $$
  select coalesce(array_agg(distinct coalesce(root_activity(l.activity_code), 'none')), '{none}')
    from project_line l
   where l.project_id = of_project and l.deleted_at is null
$$;

COMMENT ON FUNCTION public.project_activity_groups(of_project uuid) IS 'The groups alone: a child activity is added up into its own.';

CREATE FUNCTION public.project_entry_faults(e public.ledger_entry) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  c contract;
  s money_sums;
begin
  if e.counts_as = 'transfer' then
    return '[]';
  end if;
  select k.* into c from contract k where k.id = e.contract_id and k.project_id = e.project_id;
  s := money_of(e.project_id, of_contract => e.contract_id);
  s.contracted := s.contracted + case e.counts_as when 'commitment' then e.effect_vnd else 0 end;
  s.advanced := s.advanced + case e.counts_as when 'advance' then e.effect_vnd else 0 end;
  s.paid := s.paid + case when e.counts_as in ('advance', 'payment') then e.effect_vnd else 0 end;
  s.recovered := s.recovered + case e.counts_as when 'recovery' then e.effect_vnd else 0 end;
  return case when e.counts_as = 'commitment' and e.effect_vnd > 0 then commitment_faults(e) else '[]' end
    || guard_if(e.counts_as in ('advance', 'payment') and e.effect_vnd > 0 and e.import_id is null and c.status is distinct from 'signed',
         '#/contract_id', 'g2_contract_signed', 'G2', jsonb_build_object('contract_code', c.code, 'contract_status', c.status))
    || guard_if(s.paid - s.recovered > s.contracted, '#/amount_vnd', 'g2_paid_within_contracted', 'G2', jsonb_build_object(
         'contracted_vnd', s.contracted, 'paid_vnd', s.paid, 'recovered_vnd', s.recovered))
    || guard_if(s.recovered > s.paid, '#/amount_vnd', 'g2_recovered_within_paid', 'G2', jsonb_build_object(
         'paid_vnd', s.paid, 'recovered_vnd', s.recovered))
    || case when c.status = 'signed' and (e.counts_as = 'advance') = (e.effect_vnd > 0) then advance_faults(e.project_id, s, e.entry_on)
         else '[]' end
    || case when e.counts_as in ('advance', 'payment') and e.effect_vnd > 0 then settled_faults(c, e.amount_vnd) else '[]' end;
end
$$;

COMMENT ON FUNCTION public.project_entry_faults(e public.ledger_entry) IS 'Guards G1, G2, G3 on the sums as they would be; only the contract of an opening entry stayed elsewhere. The caller holds the project''s lock.';

CREATE FUNCTION public.project_expanded(body json, p public.project, expand text[], provinces text[], own_organisation uuid) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
begin
  if expand is null then
    return body;
  end if;
  return (
    body::jsonb
    || case when 'lines' = any (expand) then jsonb_build_object('lines', (
         select coalesce(jsonb_agg(project_line_json(l) order by l.created_at, l.id), '[]')
           from project_line l where l.project_id = p.id and l.deleted_at is null)) else '{}' end
    || case when 'funding' = any (expand) then jsonb_build_object('funding', (
         select coalesce(jsonb_agg(project_funding_json(f) order by f.year, f.source, f.id), '[]')
           from project_funding f where f.project_id = p.id and f.deleted_at is null)) else '{}' end
    || case when 'outputs' = any (expand) then jsonb_build_object('outputs', (
         select coalesce(jsonb_agg(project_output_json(o) order by o.created_at, o.id), '[]')
           from project_output o where o.project_id = p.id and o.deleted_at is null)) else '{}' end
    || case when 'programme' = any (expand) then jsonb_build_object('programme', (
         select json_build_object('id', g.id, 'code', g.code, 'level', g.level, 'name', g.name, 'status', g.status,
                  'starts_on', g.starts_on, 'ends_on', g.ends_on)
           from programme g
          where g.id = p.programme_id and g.deleted_at is null
            and programme_visible(g.id, provinces, own_organisation))) else '{}' end)::json;
end
$$;

CREATE TABLE public.project_funding (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    project_id uuid NOT NULL,
    year integer NOT NULL,
    source text NOT NULL,
    line_id uuid,
    amount_vnd bigint NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT project_funding_amount_range CHECK (public.is_amount((amount_vnd)::numeric)),
    CONSTRAINT project_funding_source_known CHECK (public.is_source(source)),
    CONSTRAINT project_funding_year_range CHECK (((year >= 1990) AND (year <= 2100)))
);

ALTER TABLE ONLY public.project_funding FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.project_funding IS 'Money of a project by year and source (nguồn kinh phí theo năm).';

COMMENT ON COLUMN public.project_funding.line_id IS 'The line it is for; null: the project as a whole.';

COMMENT ON COLUMN public.project_funding.province_code IS 'Of the project.';

CREATE FUNCTION public.project_funding_json(f public.project_funding) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', f.id,
    'version', f.version,
    'project_id', f.project_id,
    'year', f.year,
    'source', f.source,
    'line_id', f.line_id,
    'amount_vnd', f.amount_vnd,
    'note', f.note,
    'created_at', instant(f.created_at),
    'created_by', f.created_by,
    'updated_at', instant(f.updated_at),
    'updated_by', f.updated_by)
$$;

CREATE FUNCTION public.project_funding_rows(p public.project) RETURNS SETOF public.project_funding
    LANGUAGE sql STABLE
    AS $$
  with own as (
    select f.* from project_funding f where f.project_id = p.id and f.deleted_at is null
  )
  select * from own
  union all
  select f.*
    from project part
    join project_funding f on f.project_id = part.id and f.deleted_at is null
   where part.parent_id = p.id and part.deleted_at is null and not exists (select from own)
$$;

CREATE FUNCTION public.project_funding_total(of_project uuid) RETURNS bigint
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return (
    select coalesce(sum(f.amount_vnd), 0)::bigint
      from project_funding f
     where f.project_id = of_project and f.deleted_at is null);
end
$$;

CREATE FUNCTION public.project_gone(of_project uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return exists (select from project p where p.id = of_project and p.deleted_at is not null);
end
$$;

CREATE FUNCTION public.project_in_plan(of_project uuid, of_plan uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return exists (
    select from annual_plan_item i where i.annual_plan_id = of_plan and i.project_id = of_project and i.deleted_at is null);
end
$$;

CREATE FUNCTION public.project_in_provinces(province_code text, codes_on date, places jsonb, day date, wanted text[]) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return project_province(province_code, codes_on, places, day) = any (wanted)
    or day is null and province_code = any (wanted)
    or day is not null and recorded_province(province_code, codes_on) = any (array(select w from unnest(wanted) w where w like '__:%'));
end
$$;

COMMENT ON FUNCTION public.project_in_provinces(province_code text, codes_on date, places jsonb, day date, wanted text[]) IS 'wanted: codes on the map of the day, keys of recorded_province(), none.';

CREATE FUNCTION public.project_in_regions(province_code text, codes_on date, places jsonb, day date, wanted text[]) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
declare
  province text;
begin
  if project_region(province_code, codes_on, places, day) = any (wanted) then
    return true;
  end if;
  province := case when day is null then province_code else project_province(province_code, codes_on, places, day) end;
  return exists ( -- regions of other schemes
    select from region_member m
     where m.region_code = any (wanted) and m.province_code = province
       and coalesce(day, codes_on) between m.valid_from and coalesce(m.valid_to, 'infinity'));
end
$$;

CREATE FUNCTION public.project_json(p public.project) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', p.id,
    'code', p.code,
    'version', p.version,
    'name', p.name,
    'level', p.level,
    'scale', p.scale,
    'status', p.status,
    'stage', project_stage(p.status),
    'allowed_actions', allowed_actions('project', p.status, claim('app.tier'), acting_roles(), to_jsonb(p)),
    'programme_id', p.programme_id,
    'parent_id', p.parent_id,
    'implementer_id', p.implementer_id,
    'managing_organisation_id', p.managing_organisation_id,
    'places', places_json(p.places),
    'partner_province_codes', p.partner_province_codes,
    'themes', p.themes,
    'trade_code', p.trade_code,
    'starts_on', p.starts_on,
    'ends_on', p.ends_on,
    'total_cost_vnd', p.total_cost_vnd,
    'support_vnd', p.support_vnd,
    'counterpart_vnd', p.counterpart_vnd,
    'funding_total_vnd', project_funding_total(p.id),
    'necessity', p.necessity,
    'objective', p.objective,
    'replication', p.replication,
    'organisation_id', p.organisation_id,
    'province_code', p.province_code,
    'codes_on', p.codes_on,
    'province', admin_unit_name(p.province_code, p.codes_on),
    'current', current_json(p.province_code, p.codes_on),
    'evidence_grade', p.evidence_grade,
    'external_refs', external_refs_json('project', p.id),
    'origin', p.origin,
    'history_quality', p.history_quality,
    'note', p.note,
    'created_at', instant(p.created_at),
    'created_by', p.created_by,
    'updated_at', instant(p.updated_at),
    'updated_by', p.updated_by)
$$;

CREATE FUNCTION public.project_line_json(l public.project_line) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', l.id,
    'version', l.version,
    'project_id', l.project_id,
    'title', l.title,
    'activity_code', l.activity_code,
    'establishment_id', l.establishment_id,
    'quantity', l.quantity,
    'eligible_cost_vnd', l.eligible_cost_vnd,
    'support_vnd', l.support_vnd,
    'counterpart_vnd', l.counterpart_vnd,
    'is_technology_line', l.is_technology_line,
    'machines', l.machines,
    'status', l.status,
    'note', l.note,
    'created_at', instant(l.created_at),
    'created_by', l.created_by,
    'updated_at', instant(l.updated_at),
    'updated_by', l.updated_by)
$$;

CREATE FUNCTION public.project_line_rules() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
  is_new constant boolean := tg_op = 'INSERT';
  starts_on date := (select p.starts_on from project p where p.id = new.project_id);
  activity_known boolean;
  faults jsonb := '[]';
begin
  if new.activity_code is not null and (is_new or new.activity_code is distinct from old.activity_code) then
    activity_known := exists (select from activity a where a.code = new.activity_code);
    faults := faults
      || fault_if(not activity_known, '#/activity_code', 'unknown_reference')
      || fault_if(activity_known and not activity_fits(new.activity_code, starts_on), '#/activity_code',
           'project_line_activity_in_force', jsonb_build_object('starts_on', starts_on));
  end if;
  if new.establishment_id is not null and (is_new or new.establishment_id is distinct from old.establishment_id) then
    faults := faults || fault_if(
      not exists (select from establishment e where e.id = new.establishment_id and e.deleted_at is null),
      '#/establishment_id', 'unknown_reference');
  end if;
  perform refuse_faults(faults);
  return new;
end
$$;

CREATE FUNCTION public.project_missing(p public.project, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  with line as (
    select count(l.activity_code) as with_activity, count(distinct l.activity_code) as activities,
           count(distinct l.establishment_id) as beneficiaries
      from project_line l
     where l.project_id = p.id and l.deleted_at is null
  ), funding as (
    select count(*) as rows, coalesce(sum(f.amount_vnd), 0) as total
      from project_funding_rows(p) f
  )
  select required_for_submit('project', to_jsonb(p), jsonb_strip_nulls(jsonb_build_object(
      'project_has_line', case when with_activity = 0 then '{}'::jsonb end,
      'project_has_funding', case when rows = 0 then '{}'::jsonb end,
      'project_funding_sum', case when rows > 0 and total <> p.total_cost_vnd
        then jsonb_build_object('funding_total_vnd', total, 'total_cost_vnd', p.total_cost_vnd) end,
      'project_group_beneficiaries', case when beneficiaries < 2 then jsonb_build_object('count', beneficiaries) end,
      'project_key_activities', case when activities < 2 then jsonb_build_object('count', activities) end)), on_day)
    from line, funding
$$;

CREATE FUNCTION public.project_named(wanted uuid, provinces text[], own_organisation uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$
begin
  perform refuse_faults(fault_if(not project_visible(wanted, provinces, own_organisation), '#/project_id', 'unknown_reference'));
  return wanted;
end
$$;

CREATE TABLE public.project_output (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    project_id uuid NOT NULL,
    indicator_code text,
    planned jsonb,
    actual jsonb,
    year integer,
    line_id uuid,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT project_output_actual_shape CHECK (((actual IS NULL) OR public.is_measure(actual))),
    CONSTRAINT project_output_measure_given CHECK (((planned IS NOT NULL) OR (actual IS NOT NULL))),
    CONSTRAINT project_output_planned_shape CHECK (((planned IS NULL) OR public.is_measure(planned))),
    CONSTRAINT project_output_units_agree CHECK (((planned ->> 'measure_unit'::text) = (actual ->> 'measure_unit'::text))),
    CONSTRAINT project_output_year_range CHECK (((year >= 1990) AND (year <= 2100)))
);

ALTER TABLE ONLY public.project_output FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.project_output IS 'Outputs (kết quả) of a project: what was planned and what came of it.';

COMMENT ON COLUMN public.project_output.planned IS '{value, measure_unit}.';

COMMENT ON COLUMN public.project_output.actual IS '{value, measure_unit} in the unit of the plan; null: not known yet.';

COMMENT ON COLUMN public.project_output.line_id IS 'The line it comes from; null: the project as a whole.';

COMMENT ON COLUMN public.project_output.province_code IS 'Of the project.';

CREATE FUNCTION public.project_output_json(o public.project_output) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', o.id,
    'version', o.version,
    'project_id', o.project_id,
    'indicator_code', o.indicator_code,
    'planned', o.planned,
    'actual', o.actual,
    'year', o.year,
    'line_id', o.line_id,
    'note', o.note,
    'created_at', instant(o.created_at),
    'created_by', o.created_by,
    'updated_at', instant(o.updated_at),
    'updated_by', o.updated_by)
$$;

CREATE FUNCTION public.project_part_rules() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if new.line_id is not null and (tg_op = 'INSERT' or new.line_id is distinct from old.line_id) then
    perform refuse_faults(fault_if(
      not exists (select from project_line l
                   where l.id = new.line_id and l.project_id = new.project_id and l.deleted_at is null),
      '#/line_id', 'unknown_reference'));
  end if;
  return new;
end
$$;

CREATE FUNCTION public.project_place(p public.project) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select coalesce(p.places -> 0, jsonb_build_object('province_code', p.province_code, 'codes_on', p.codes_on))
$$;

CREATE FUNCTION public.project_planned_in(of_project uuid, starts_on date, of_year integer) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return coalesce(extract(year from starts_on) = of_year, false) or exists (
    select from annual_plan_item i where i.project_id = of_project and i.year = of_year and i.deleted_at is null);
end
$$;

COMMENT ON FUNCTION public.project_planned_in(of_project uuid, starts_on date, of_year integer) IS 'It begins in the year, or stands in a plan of it.';

CREATE FUNCTION public.project_province(province_code text, codes_on date, places jsonb, day date) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
begin
  if day is null then
    return recorded_province(province_code, codes_on);
  end if;
  return coalesce(
    admin_unit_on(province_code, codes_on, day),
    -- Backwards over a merger the communes decide, if they agree.
    (select case when count(distinct u.province_code) = 1 then min(u.province_code) end
       from jsonb_to_recordset(places) p (province_code text, commune_code text, codes_on date)
       join admin_unit_map m on m.code = p.commune_code and p.codes_on between m.valid_from and m.valid_to and day between m.on_from and m.on_to
      cross join admin_unit_at(m.on_code, day) u
      where p.province_code = project_province.province_code),
    'none');
end
$$;

COMMENT ON FUNCTION public.project_province(province_code text, codes_on date, places jsonb, day date) IS 'Key of the province in which a project lies on the map of a day, or none where that cannot be known.';

CREATE FUNCTION public.project_region(province_code text, codes_on date, places jsonb, day date) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
declare
  province constant text := case when day is null then province_code else project_province(province_code, codes_on, places, day) end;
begin
  return coalesce(
    (select m.region_code
       from region_member m
       join region r on r.code = m.region_code and r.scheme = 'promotion'
      where m.province_code = province
        and coalesce(day, codes_on) between m.valid_from and coalesce(m.valid_to, 'infinity')),
    'none');
end
$$;

COMMENT ON FUNCTION public.project_region(province_code text, codes_on date, places jsonb, day date) IS 'Region of khuyến công in which a project lies on the map of a day, or none.';

CREATE FUNCTION public.project_rules() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  faults jsonb := '[]';
  parent_scale text;
begin
  if new.parent_id is not null and (tg_op = 'INSERT' or new.parent_id is distinct from old.parent_id) then
    -- The lock holds off a change of the parent's scale until this part is there to be seen.
    select scale into parent_scale from public.project where id = new.parent_id for share;
    faults := faults || public.fault_if(parent_scale is distinct from 'key', '#/parent_id', 'project_parent_is_key');
  end if;
  if tg_op = 'UPDATE' and old.scale = 'key' and new.scale is distinct from 'key' then
    faults := faults || public.fault_if(
      exists (select from public.project where parent_id = new.id and deleted_at is null), '#/scale', 'project_has_parts');
  end if;
  if tg_op = 'UPDATE' and new.starts_on is distinct from old.starts_on then
    faults := faults || public.fault_if(
      exists (select from public.project_line l
               where l.project_id = new.id and l.deleted_at is null and l.activity_code is not null
                 and not public.activity_fits(l.activity_code, new.starts_on)),
      '#/starts_on', 'project_starts_on_activity');
  end if;
  perform public.refuse_faults(faults);
  return null;
end
$$;

CREATE FUNCTION public.project_snapshot(of_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select frozen_part(project_json(p)) || jsonb_build_object(
           'lines', (select coalesce(jsonb_agg(project_line_json(l) order by l.created_at, l.id), '[]')
                       from project_line l where l.project_id = p.id and l.deleted_at is null),
           'funding', (select coalesce(jsonb_agg(project_funding_json(f) order by f.year, f.source, f.id), '[]')
                         from project_funding f where f.project_id = p.id and f.deleted_at is null),
           'outputs', (select coalesce(jsonb_agg(project_output_json(o) order by o.created_at, o.id), '[]')
                         from project_output o where o.project_id = p.id and o.deleted_at is null))
    from project p
   where p.id = of_id
$$;

CREATE FUNCTION public.project_sole_activity(of_project uuid) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
declare
  groups constant text[] := project_activity_groups(of_project);
begin
  return case when cardinality(groups) = 1 then groups[1] else 'several' end;
end
$$;

COMMENT ON FUNCTION public.project_sole_activity(of_project uuid) IS 'The group that all its lines belong to, none, or several.';

CREATE FUNCTION public.project_sources(of_project uuid) RETURNS text[]
    LANGUAGE sql STABLE
    AS $$
  select coalesce(array_agg(distinct f.source), '{none}') from project_funding f where f.project_id = of_project and f.deleted_at is null
$$;

CREATE FUNCTION public.project_summary_json(p public.project) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', p.id,
    'code', p.code,
    'version', p.version,
    'name', p.name,
    'level', p.level,
    'scale', p.scale,
    'status', p.status,
    'stage', project_stage(p.status),
    'programme_id', p.programme_id,
    'parent_id', p.parent_id,
    'implementer_id', p.implementer_id,
    'starts_on', p.starts_on,
    'ends_on', p.ends_on,
    'total_cost_vnd', p.total_cost_vnd,
    'support_vnd', p.support_vnd,
    'funding_total_vnd', project_funding_total(p.id),
    'organisation_id', p.organisation_id,
    'province_code', p.province_code,
    'codes_on', p.codes_on,
    'province', admin_unit_name(p.province_code, p.codes_on),
    'current', current_json(p.province_code, p.codes_on),
    'updated_at', instant(p.updated_at))
$$;

CREATE FUNCTION public.project_tally(q public.report_question) RETURNS TABLE(province_code text, codes_on date, places jsonb, level text, scale text, project_count bigint, accepted_count bigint, stopped_count bigint, contracted_count bigint, in_progress_count bigint, settled_count bigint, total_cost_vnd bigint, support_vnd bigint, counterpart_vnd bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $_$
begin
  return query execute
    'select p.province_code, p.codes_on, ' || public.tally_places(q) || ', p.level, p.scale, count(*),
       count(*) filter (where p.status in (''accepted'', ''settling'', ''settled'', ''closed'')
         and (' || (q."to" >= public.today())::text || ' or p.history_quality = ''final_state_only''
              or public.project_accepted_by(p.status, p.history_quality, p.id, $1."to"))),
       count(*) filter (where p.status = ''stopped''), count(*) filter (where p.status = ''contracted''),
       count(*) filter (where p.status in (''in_progress'', ''acceptance_requested'')),
       count(*) filter (where p.status in (''settled'', ''closed'')),
       sum(p.total_cost_vnd)::bigint, sum(p.support_vnd)::bigint, sum(p.counterpart_vnd)::bigint
     from public.project p
     where ' || public.tally_condition() || ' group by 1, 2, 3, 4, 5'
    using q, public.claimed_provinces(q.provinces), public.claimed_organisation(q.own_organisation), q."from", q."to";
end
$_$;

COMMENT ON FUNCTION public.project_tally(q public.report_question) IS 'Number and money of the projects of report_projects(), by recorded province, level and scale.';

CREATE FUNCTION public.project_visible(wanted uuid, provinces text[], own_organisation uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return wanted is null or exists (
    select from project p
     where p.id = wanted and p.deleted_at is null
       and (p.province_code = any (provinces) or p.organisation_id = own_organisation or p.implementer_id = own_organisation));
end
$$;

COMMENT ON FUNCTION public.project_visible(wanted uuid, provinces text[], own_organisation uuid) IS 'May this caller name the project? Null names none.';

CREATE FUNCTION public.project_wanted(province_code text, codes_on date, places jsonb, q public.report_question) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return (q.province_code is null or project_in_provinces(province_code, codes_on, places, basis_date(q.geo_basis), q.province_code))
    and (q.region_code is null or project_in_regions(province_code, codes_on, places, basis_date(q.geo_basis), q.region_code));
end
$$;

CREATE FUNCTION public.projects_filters(q public.report_question) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select jsonb_build_object('from', q."from", 'to', q."to", 'geo_basis', q.geo_basis, 'level', q.level, 'scale', to_jsonb(q.scale),
    'status', to_jsonb(q.status), 'programme_id', q.programme_id, 'province_code', to_jsonb(q.province_code),
    'region_code', to_jsonb(q.region_code), 'activity_code', to_jsonb(q.activity_code), 'source', to_jsonb(q.source),
    'annual_plan_id', q.annual_plan_id)
$$;

COMMENT ON FUNCTION public.projects_filters(q public.report_question) IS 'The parameters of listProjects that give the projects of report_projects().';

CREATE FUNCTION public.province_codes(own text) RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select array_agg(distinct m.code)
    from (select own as code union all select code from admin_unit_map where on_code = own and valid_from < on_from) m
$$;

COMMENT ON FUNCTION public.province_codes(own text) IS 'A province and all its predecessors. Reused codes do no harm: each of the seven names a predecessor of the province that has it now.';

CREATE FUNCTION public.province_day(code text, wanted date) RETURNS date
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return coalesce(
    (select near.day
       from admin_unit u
      cross join lateral (select greatest(u.assumed_from, least(wanted, coalesce(u.valid_to, wanted))) as day) near
      where u.code = province_day.code and u.tier = 'province'
      order by abs(near.day - wanted)
      limit 1),
    wanted);
end
$$;

COMMENT ON FUNCTION public.province_day(code text, wanted date) IS 'The day nearest to `wanted` on which a province had the code: a body of a merged province goes on under its old code.';

CREATE FUNCTION public.province_faults(pointer text, code text, on_day date) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return fault_if(code is null, '#', 'required', '{"member": "province_code"}')
    || fault_if(code is not null and not exists (select from admin_unit_at(code, on_day) u where u.tier = 'province'),
         pointer, 'unknown_admin_unit', jsonb_build_object('code', code, 'codes_on', on_day));
end
$$;

CREATE FUNCTION public.province_keys(q public.report_question, found text[]) RETURNS TABLE(key text, region_code text)
    LANGUAGE sql STABLE
    AS $$
  select coalesce(k.key, f.key), coalesce(k.region_code, 'none')
    from report_provinces(q) k
    full join (select distinct key from unnest(found) key) f on f.key = k.key
$$;

CREATE FUNCTION public.province_label(key text, q public.report_question) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select report_label('province', key, basis_date(q.geo_basis))
$$;

CREATE FUNCTION public.province_of_words(place text, on_day date, provinces text[]) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select u.code
    from admin_unit u
   where u.tier = 'province' and fold(u.name) = fold(province_words(place))
   order by u.code = any (provinces) desc, on_day between u.assumed_from and coalesce(u.valid_to, 'infinity') desc, u.valid_from desc
   limit 1
$$;

CREATE FUNCTION public.province_on(unit_code text, codes_on date, basis date, commune_code text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
declare
  found_code constant text := admin_unit_on(unit_code, codes_on, basis);
begin
  if found_code is not null or commune_code is null then
    return found_code;
  end if;
  return (
    select case when count(distinct u.province_code) = 1 then min(u.province_code) end
      from admin_unit_map m
      cross join admin_unit_at(m.on_code, basis) u
     where m.code = commune_code and codes_on between m.valid_from and m.valid_to
       and basis between m.on_from and m.on_to);
end
$$;

COMMENT ON FUNCTION public.province_on(unit_code text, codes_on date, basis date, commune_code text) IS 'The province code on the map of `basis` for a province recorded with the code of codes_on. Backwards over a merger the commune decides; null without it.';

CREATE FUNCTION public.province_url(key text, filters jsonb) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select records_url('/v1/projects', filters || jsonb_build_object('province_code', key))
$$;

CREATE FUNCTION public.province_words(place text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select btrim(regexp_replace(
    coalesce(substring(place from '\(trước đây:\s*([^)]+)\)'), regexp_replace(place, '^.*[,;]', '')),
    '^\s*(tỉnh|thành phố|tp\.?)\s+', '', 'i'))
$$;

CREATE FUNCTION public.provinces_reaching(wanted text[]) RETURNS text[]
    LANGUAGE sql STABLE
    AS $$
  select case
    when 'none' = any (wanted) then all_province_codes()
    else array(select distinct m.code from admin_unit_map m where m.on_code = any (array(select left(w, 2) from unnest(wanted) w)))
  end
$$;

COMMENT ON FUNCTION public.provinces_reaching(wanted text[]) IS 'Codes under which projects of these provinces can be recorded, on whatever map: narrows by index.';

CREATE FUNCTION public.provinces_recorded_as(unit_code text, basis date) RETURNS TABLE(code text, valid_from date, valid_to date)
    LANGUAGE sql STABLE ROWS 4 PARALLEL SAFE
    AS $$
  select m.code, m.valid_from, m.valid_to from admin_unit_map m
   where m.on_code = unit_code and basis between m.on_from and m.on_to and m.is_only
  union all
  select unit_code, '-infinity', 'infinity' where basis is null
$$;

COMMENT ON FUNCTION public.provinces_recorded_as(unit_code text, basis date) IS 'Under which codes, in which periods, records of a province (on the map of `basis`) stand. Null basis: under that code alone, at any time.';

CREATE FUNCTION public.provinces_under(codes text[]) RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select array(
    select unnest(codes)
     union
    select m.code from admin_unit_map m where m.on_code = any (codes) and today() between m.on_from and m.on_to
     order by 1)
$$;

COMMENT ON FUNCTION public.provinces_under(codes text[]) IS 'Provinces with all their predecessors on today''s map.';

CREATE FUNCTION public.provinces_wanted(wanted text[]) RETURNS text[]
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return (
    select array_agg(case when w like '__:%' then recorded_province(left(w, 2), substr(w, 4)::date) else w end)
      from unnest(wanted) w);
exception when datetime_field_overflow or invalid_datetime_format then
  raise exception using errcode = 'PT400', message = 'invalid-parameter',
    detail = jsonb_build_array(jsonb_build_object('parameter', 'province_code', 'code', 'format', 'params', '{"format": "date"}'::jsonb));
end
$$;

COMMENT ON FUNCTION public.provinces_wanted(wanted text[]) IS 'The provinces of a filter as keys: any day behind a colon becomes the first day of the province meant.';

CREATE FUNCTION public.public_certificate_json(c public.certificate) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('public_no', c.public_no, 'scheme', c.scheme, 'status', certificate_status(c),
    'certificate_no', c.certificate_no, 'stars', c.stars, 'tier', c.tier, 'product_name', c.product_name, 'product_code', c.product_code,
    'product_set', (select s.name_vi from ocop_product_set s where s.id = c.product_set_id),
    'establishment_name', certificate_producer(c),
    'province', admin_unit_name(c.province_code, c.codes_on), 'current', current_json(c.province_code, c.codes_on),
    'issuer', json_build_object('code', (select o.code from organisation o where o.id = c.issuer_id), 'name', c.issuer_name),
    'decision_no', c.decision ->> 'document_no', 'decided_on', c.decision ->> 'issued_on',
    'decision_signature', (select json_build_object('signer', c.decision_signature ->> 'signer', 'serial', c.decision_signature ->> 'serial',
                             'checked_at', c.decision_signature ->> 'checked_at', 'result', c.decision_signature ->> 'result')
                             where c.decision_signature is not null),
    'issued_on', c.issued_on, 'valid_to', c.valid_to,
    'revoked_on', c.revocation ->> 'revoked_on',
    'revocation_ground', (select json_build_object('code', g.code, 'label_vi', g.label_vi, 'label_en', g.label_en)
                            from revocation_ground g where g.code = c.revocation ->> 'ground_code'),
    'replaced_by', (select n.public_no from certificate n where n.id = c.replaced_by_id and n.deleted_at is null),
    'evidence_grade', c.evidence_grade, 'checked_on', today())
$$;

COMMENT ON FUNCTION public.public_certificate_json(c public.certificate) IS 'Only what stands in the decision; a producer that goes by the name of a person has none here.';

CREATE TABLE public.display_point (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    project_id uuid,
    project_line_id uuid,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    name text NOT NULL,
    operator_id uuid,
    establishment_id uuid,
    place jsonb,
    opened_on date,
    closed_on date,
    area_m2 numeric,
    support_vnd bigint,
    status text DEFAULT 'planned'::text NOT NULL,
    folded text GENERATED ALWAYS AS (public.fold(name)) STORED,
    CONSTRAINT display_point_area_range CHECK (((area_m2 >= (0)::numeric) AND (area_m2 <= (1000000)::numeric))),
    CONSTRAINT display_point_closed_after_opened CHECK ((closed_on >= opened_on)),
    CONSTRAINT display_point_closed_when_closed CHECK (((status = 'closed'::text) = (closed_on IS NOT NULL))),
    CONSTRAINT display_point_line_of_project CHECK (((project_line_id IS NULL) OR (project_id IS NOT NULL))),
    CONSTRAINT display_point_opened_when_open CHECK (((status = 'planned'::text) OR (opened_on IS NOT NULL))),
    CONSTRAINT display_point_status_known CHECK ((status = ANY (ARRAY['planned'::text, 'open'::text, 'closed'::text]))),
    CONSTRAINT display_point_support_range CHECK (public.is_amount((support_vnd)::numeric))
);

ALTER TABLE ONLY public.display_point FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.display_point IS 'Points where products of the province are shown and sold (điểm trưng bày, giới thiệu và bán sản phẩm).';

COMMENT ON COLUMN public.display_point.project_line_id IS 'The line of the project that it is for.';

COMMENT ON COLUMN public.display_point.province_code IS 'Of the project, as organisation_id and codes_on; without a project, of whoever made it.';

COMMENT ON COLUMN public.display_point.codes_on IS 'Day on whose map province_code is read.';

COMMENT ON COLUMN public.display_point.operator_id IS 'The body that runs it; establishment_id: the establishment that does.';

COMMENT ON COLUMN public.display_point.support_vnd IS 'Public money it was set up with.';

CREATE FUNCTION public.public_display_point_json(d public.display_point) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', d.id, 'name', d.name,
    'operator_name', (select o.name from organisation o where o.id = d.operator_id),
    'place', place_json(d.place), 'province_code', d.province_code, 'codes_on', d.codes_on,
    'province', admin_unit_name(d.province_code, d.codes_on), 'current', current_json(d.province_code, d.codes_on),
    'opened_on', d.opened_on, 'area_m2', d.area_m2,
    'products', coalesce((
      select json_agg(json_build_object('id', p.id, 'name', p.name, 'brand', p.brand) order by p.name collate vietnamese, p.id)
        from display_point_product s
        join product p on p.id = s.product_id and p.deleted_at is null
       where s.display_point_id = d.id and s.deleted_at is null and today() between coalesce(s."from", today()) and coalesce(s."to", today())), '[]'))
$$;

CREATE FUNCTION public.public_establishment_name(e public.establishment) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
  select case when e.legal_form not in ('household_business', 'artisan', 'individual') then e.name end
$$;

CREATE FUNCTION public.public_ocop_product_json(p public.product, r public.ocop_registration) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', p.id, 'name', p.name, 'brand', p.brand, 'gtin', p.gtin, 'packing', p.packing,
    'is_set', p.is_set, 'trace_code', p.trace_code,
    'establishment_name', (select public_establishment_name(e) from establishment e where e.id = r.establishment_id),
    'province_code', r.province_code, 'codes_on', r.codes_on, 'province', admin_unit_name(r.province_code, r.codes_on),
    'current', current_json(r.province_code, r.codes_on), 'product_code', r.product_code,
    'product_set', public_product_set_json(r.decided_under, r.product_set_id),
    'recognition', recognition_json(r.recognition), 'evidence_grade', r.evidence_grade,
    'recognitions', public_recognitions_json(p.id))
$$;

CREATE FUNCTION public.public_ocop_product_summary_json(p public.product, r public.ocop_registration) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', p.id, 'name', p.name, 'brand', p.brand, 'gtin', p.gtin,
    'establishment_name', (select public_establishment_name(e) from establishment e where e.id = r.establishment_id),
    'province_code', r.province_code, 'codes_on', r.codes_on, 'province', admin_unit_name(r.province_code, r.codes_on),
    'current', current_json(r.province_code, r.codes_on), 'product_code', r.product_code,
    'product_set', public_product_set_json(r.decided_under, r.product_set_id),
    'recognition', recognition_json(r.recognition), 'evidence_grade', r.evidence_grade)
$$;

CREATE FUNCTION public.public_product_set_json(decided_under jsonb, set_id uuid) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('set_code', decided_under ->> 'set_code', 'name_vi', decided_under ->> 'name_vi', 'sector', s.sector,
    'legal_document_no', decided_under ->> 'legal_document_no')
    from ocop_product_set s where s.id = set_id
$$;

CREATE FUNCTION public.public_programme_json(g public.programme) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', g.id,
    'code', g.code,
    'kind', g.kind,
    'level', g.level,
    'name', g.name,
    'status', g.status,
    'starts_on', g.starts_on,
    'ends_on', g.ends_on,
    'province_code', g.province_code,
    'codes_on', g.codes_on,
    'province', admin_unit_name(g.province_code, g.codes_on),
    'current', current_json(g.province_code, g.codes_on),
    'evidence_grade', g.evidence_grade,
    'decisions', documents_json(published_documents(g.id, '{decision,resolution}')),
    'legal_basis', documents_json(published_documents(g.id, '{law,decree,circular,joint_circular}')),
    'targets', public_targets_json(g.id))
$$;

CREATE FUNCTION public.public_programme_summary_json(g public.programme) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', g.id,
    'code', g.code,
    'kind', g.kind,
    'level', g.level,
    'name', g.name,
    'status', g.status,
    'starts_on', g.starts_on,
    'ends_on', g.ends_on,
    'province_code', g.province_code,
    'codes_on', g.codes_on,
    'province', admin_unit_name(g.province_code, g.codes_on),
    'current', current_json(g.province_code, g.codes_on),
    'evidence_grade', g.evidence_grade)
$$;

CREATE FUNCTION public.public_recognitions_json(of_product uuid) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select coalesce(json_agg(recognition_json(r.recognition) order by r.recognition ->> 'decided_on' desc, r.id desc), '[]')
    from ocop_registration r
   where r.product_id = of_product and r.status = 'recognised' and r.recognition is not null and r.deleted_at is null
$$;

CREATE FUNCTION public.public_targets_json(of_programme uuid) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select coalesce(json_agg(json_build_object(
           'name', t.name, 'indicator_code', t.indicator_code, 'operator', t.operator, 'kind', t.kind, 'measures', t.measures,
           'tolerance_percent', t.tolerance_percent, 'from', t."from", 'to', t."to") order by t.created_at, t.id), '[]')
    from target t
   where t.programme_id = of_programme and t.deleted_at is null
$$;

CREATE SEQUENCE public.voting_entry_code
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.voting_entry (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    code text DEFAULT public.printed_code('BC'::text, 'public.voting_entry_code'::regclass) NOT NULL,
    round_id uuid NOT NULL,
    product_id uuid NOT NULL,
    product_name text NOT NULL,
    establishment_id uuid NOT NULL,
    product_group_code text NOT NULL,
    previous_certificate_id uuid,
    checklist jsonb DEFAULT '[]'::jsonb NOT NULL,
    score numeric(5,2),
    rank integer,
    prize_vnd bigint,
    decision jsonb,
    origin text DEFAULT 'native'::text NOT NULL,
    evidence_grade text,
    status text DEFAULT 'draft'::text NOT NULL,
    CONSTRAINT voting_entry_checklist_shape CHECK (public.is_checklist(checklist)),
    CONSTRAINT voting_entry_decision_required CHECK (((origin = 'native'::text) OR (status <> 'certified'::text) OR (decision IS NOT NULL))),
    CONSTRAINT voting_entry_evidence_grade_known CHECK (public.is_evidence_grade(evidence_grade)),
    CONSTRAINT voting_entry_evidence_required CHECK (((origin = 'native'::text) OR (evidence_grade IS NOT NULL))),
    CONSTRAINT voting_entry_origin_known CHECK ((origin = ANY (ARRAY['native'::text, 'imported'::text, 'mirrored'::text]))),
    CONSTRAINT voting_entry_prize_range CHECK (public.is_amount((prize_vnd)::numeric)),
    CONSTRAINT voting_entry_score_range CHECK (((score >= (0)::numeric) AND (score <= (100)::numeric))),
    CONSTRAINT voting_entry_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'submitted'::text, 'checked'::text, 'judged'::text, 'selected'::text, 'not_selected'::text, 'certified'::text, 'withdrawn'::text])))
);

ALTER TABLE ONLY public.voting_entry FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.voting_entry IS 'Products and sets of products that take part (sản phẩm tham gia bình chọn). Never merged with OCOP: another authority, another certificate.';

COMMENT ON COLUMN public.voting_entry.province_code IS 'Territory: where the product came from on the day it was entered. Never changed after mergers.';

COMMENT ON COLUMN public.voting_entry.codes_on IS 'Day on whose map province_code is read.';

COMMENT ON COLUMN public.voting_entry.previous_certificate_id IS 'The certificate of the tier below, which let the product in.';

COMMENT ON COLUMN public.voting_entry.rank IS 'Place in the round by score; equal scores share it.';

COMMENT ON COLUMN public.voting_entry.decision IS '{document_no, issued_on, issuer_name}: what certified it, or did not select it.';

CREATE TABLE public.voting_round (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text,
    codes_on date NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    tier text NOT NULL,
    year integer NOT NULL,
    region_code text,
    regulation_id uuid,
    quota integer,
    opens_on date,
    closes_on date,
    status text DEFAULT 'planned'::text NOT NULL,
    CONSTRAINT voting_round_closes_after_opens CHECK ((closes_on >= opens_on)),
    CONSTRAINT voting_round_province_tier CHECK (((tier = ANY (ARRAY['central'::text, 'region'::text])) = (province_code IS NULL))),
    CONSTRAINT voting_round_quota_range CHECK ((quota > 0)),
    CONSTRAINT voting_round_region_tier CHECK (((tier = 'region'::text) = (region_code IS NOT NULL))),
    CONSTRAINT voting_round_status_known CHECK ((status = ANY (ARRAY['planned'::text, 'open'::text, 'judging'::text, 'decided'::text, 'closed'::text]))),
    CONSTRAINT voting_round_tier_known CHECK ((tier = ANY (ARRAY['central'::text, 'region'::text, 'province'::text, 'district'::text]))),
    CONSTRAINT voting_round_year_range CHECK (((year >= 2000) AND (year <= 2100)))
);

ALTER TABLE ONLY public.voting_round FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.voting_round IS 'Rounds of voting (kỳ bình chọn). Years are free: provinces differ, and the usual cycle is a parameter.';

COMMENT ON COLUMN public.voting_round.province_code IS 'Territory, as coded on codes_on; null: of a region or of the centre.';

COMMENT ON COLUMN public.voting_round.codes_on IS 'Day on whose map province_code is read.';

COMMENT ON COLUMN public.voting_round.quota IS 'How many are certified at most; null: no quota.';

CREATE FUNCTION public.public_typical_product_json(p public.product, e public.voting_entry, d public.voting_round) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', p.id, 'name', e.product_name, 'brand', p.brand, 'is_set', p.is_set,
    'establishment_name', (select public_establishment_name(f) from establishment f where f.id = e.establishment_id),
    'product_group_code', e.product_group_code, 'province_code', e.province_code, 'codes_on', e.codes_on,
    'province', admin_unit_name(e.province_code, e.codes_on), 'current', current_json(e.province_code, e.codes_on),
    'tier', d.tier, 'year', d.year, 'region_code', d.region_code, 'decision_no', e.decision ->> 'document_no', 'decided_on', e.decision ->> 'issued_on')
$$;

CREATE FUNCTION public.published_documents(of_programme uuid, kinds text[]) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select coalesce(jsonb_agg(document - 'file_id' order by t.record_version desc, n), '[]')
    from transition t
   cross join jsonb_array_elements(t.documents) with ordinality listed (document, n)
   where t.record_type = 'programme' and t.record_id = of_programme and t.to_status in ('approved', 'active', 'closed')
     and document ->> 'kind' = any (kinds)
$$;

COMMENT ON FUNCTION public.published_documents(of_programme uuid, kinds text[]) IS 'Papers of the acts that decided on a programme, latest act first, without their files. Letters, minutes and reports are not among them.';

CREATE FUNCTION public.put_part(f public.file, at bigint, part bytea, sniffed text, wanted_version bigint) RETURNS TABLE(id uuid, version integer, whole_bytes bigint)
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
  stored file := (select s from file s where s.id = f.id for update);
  before bigint := (select c.received_bytes from file_content c where c.id = f.id);
  received bigint;
begin
  if part is null or at + octet_length(part) > stored.size_bytes then
    perform refuse_part('file_part_length', jsonb_build_object('size_bytes', stored.size_bytes));
  elsif at = 0 and octet_length(part) < least(stored.size_bytes, 4096) then
    perform refuse_part('file_first_part_length', jsonb_build_object('least', least(stored.size_bytes, 4096)));
  end if;
  if at = 0 then
    perform refuse_faults(file_faults(stored.file_name, stored.media_type, sniffed, '#/'));
    update file_content c set sniffed_type = sniffed where c.id = f.id and c.sniffed_type is null;
  end if;
  perform next_version(stored.version, wanted_version);
  received := add_part(f.id, at, part);
  if received > before then
    update file s set version = s.version + 1 where s.id = f.id returning s.version into stored.version;
  end if;
  return query select f.id, stored.version, case when stored.status = 'open' and received = stored.size_bytes then received end;
end
$$;

COMMENT ON FUNCTION public.put_part(f public.file, at bigint, part bytea, sniffed text, wanted_version bigint) IS 'A part of an open file. whole_bytes: all of them are there, and their digest is to be looked at.';

CREATE FUNCTION public.reason_label(reason text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select coalesce((
    select l.label
      from (values ('disaster', 'Thiên tai'), ('epidemic', 'Dịch bệnh'), ('budget_cut', 'Cắt giảm kinh phí'), ('beneficiary_withdrew', 'Đơn vị thụ hưởng rút'),
                   ('beneficiary_ineligible', 'Đơn vị thụ hưởng không đủ điều kiện'), ('counterpart_missing', 'Không đủ vốn đối ứng'),
                   ('survey_inadequate', 'Khảo sát chưa sát cơ sở'), ('technology_changed', 'Thay đổi công nghệ'), ('price_changed', 'Giá tăng, giảm'),
                   ('duplicate_support', 'Trùng hỗ trợ'), ('reorganisation', 'Sắp xếp đơn vị'), ('policy_changed', 'Thay đổi chính sách'),
                   ('market', 'Thị trường'), ('other', 'Khác')) l (code, label)
     where l.code = reason), 'không ghi lý do')
$$;

CREATE FUNCTION public.recognition_json(recognition jsonb) RETURNS json
    LANGUAGE sql IMMUTABLE
    AS $$
  select json_build_object('stars', (recognition ->> 'stars')::integer, 'decision_no', recognition ->> 'decision_no',
    'decided_on', recognition ->> 'decided_on', 'issuer_name', recognition ->> 'issuer_name', 'valid_to', recognition ->> 'valid_to')
   where recognition is not null
$$;

CREATE FUNCTION public.record_held(of_type text, of_id uuid, provinces text[], own_organisation uuid) RETURNS boolean
    LANGUAGE plpgsql
    AS $_$
declare
  is_held boolean;
begin
  execute format($text$
    select r.deleted_at is null and not project_gone(r.project_id)
           and in_record_scope(r.province_code, r.organisation_id, r.project_id, $2, $3)
      from %I r where r.id = $1 for no key update$text$, of_type)
    into is_held using of_id, provinces, own_organisation;
  return coalesce(is_held, false);
end
$_$;

COMMENT ON FUNCTION public.record_held(of_type text, of_id uuid, provinces text[], own_organisation uuid) IS 'Is the record there and the caller''s to change? Then it is locked until the end of the transaction.';

CREATE FUNCTION public.record_json(record json, of_type text) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
  stamps constant text[] := '{organisation_id,province_code,codes_on,note,created_at,created_by,updated_at,updated_by}';
  life json := case when stage_of(of_type, record ->> 'status') is not null then json_build_object(
    'stage', stage_of(of_type, record ->> 'status'),
    'allowed_actions', allowed_actions(of_type, record ->> 'status', claim('app.tier'), acting_roles(), record::jsonb)) end;
begin
  return (
    select json_object_agg(m.key, case
             when m.key in ('created_at', 'updated_at') then to_json(instant((m.value #>> '{}')::timestamptz))
             when m.key = 'place' and json_typeof(m.value) = 'object' then place_json(m.value::jsonb)
             else m.value end order by m.part, m.n)
      from (select case when key = any (stamps) then 2 else 1 end as part, e.* from json_each(record) with ordinality e (key, value, n) where key not in ('deleted_at', 'folded')
            union all
            select 3, e.* from json_each(life) with ordinality e (key, value, n)) m);
end
$$;

COMMENT ON FUNCTION public.record_json(record json, of_type text) IS 'A row as the API shows it, what is its own first; with of_type also the stage and what the caller may do.';

CREATE FUNCTION public.record_seen(of_type text, of_id uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $_$
declare
  is_seen boolean;
begin
  execute format('select exists (select from %I where id = $1)', of_type) into is_seen using of_id;
  return is_seen;
end
$_$;

COMMENT ON FUNCTION public.record_seen(of_type text, of_id uuid) IS 'Does the caller see the record? Asked of its own table, so that what belongs to a record is seen like the record.';

CREATE FUNCTION public.recorded_province(province_code text, codes_on date) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
declare
  first_day date;
begin
  if (select count(distinct u.name) from admin_unit u where u.code = recorded_province.province_code and u.tier = 'province') > 1 then
    first_day := (
      select min(same.valid_from)
        from admin_unit_at(recorded_province.province_code, codes_on) u
        join admin_unit same on same.code = u.code and same.name = u.name);
  end if;
  return concat_ws(':', province_code, first_day);
end
$$;

COMMENT ON FUNCTION public.recorded_province(province_code text, codes_on date) IS 'Key of a province as it was recorded: its code, with a day where the code alone names several.';

CREATE FUNCTION public.records_url(path text, filters jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select path || coalesce('?' || string_agg(
           name || '=' || case when jsonb_typeof(value) = 'array' then (select string_agg(v, ',') from jsonb_array_elements_text(value) v)
                               else value #>> '{}' end, '&' order by name), '')
    from jsonb_each(jsonb_strip_nulls(filters)) f (name, value)
$$;

COMMENT ON FUNCTION public.records_url(path text, filters jsonb) IS 'Address of the list that a figure was counted from.';

CREATE FUNCTION public.recovered_vnd(of_project uuid) RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
  select (money_of(of_project)).recovered
$$;

CREATE FUNCTION public.reference(pointer text, wanted uuid, seen uuid) RETURNS uuid
    LANGUAGE plpgsql
    AS $$
begin
  if wanted is not null and seen is null then
    perform refuse(pointer, 'unknown_reference');
  end if;
  return case when wanted is not null then seen end;
end
$$;

COMMENT ON FUNCTION public.reference(pointer text, wanted uuid, seen uuid) IS 'The id that a caller named, if `seen` under his scope says that he may: foreign keys see through row level security.';

CREATE FUNCTION public.reference_code(pointer text, wanted text, seen text) RETURNS text
    LANGUAGE plpgsql
    AS $$
begin
  if wanted is not null and seen is null then
    perform refuse(pointer, 'unknown_reference');
  end if;
  return case when wanted is not null then seen end;
end
$$;

COMMENT ON FUNCTION public.reference_code(pointer text, wanted text, seen text) IS 'reference() for codes.';

CREATE FUNCTION public.references_each(pointer text, wanted uuid[], seen uuid[]) RETURNS uuid[]
    LANGUAGE plpgsql
    AS $$
declare
  faults jsonb := (
    select jsonb_agg(jsonb_build_object('pointer', pointer || '/' || (place - 1), 'code', 'unknown_reference') order by place)
      from unnest(wanted) with ordinality w (id, place)
     where id <> all (coalesce(seen, '{}')));
begin
  if faults is not null then
    raise exception using errcode = 'PT422', message = 'invalid', detail = faults;
  end if;
  return wanted;
end
$$;

COMMENT ON FUNCTION public.references_each(pointer text, wanted uuid[], seen uuid[]) IS 'reference() for an array; names every member that is not seen.';

CREATE FUNCTION public.references_faults(of_type text, body jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $_$
declare
  named record;
  is_known boolean;
  faults jsonb := '[]';
begin
  for named in
    select a.attname as member, f.confrelid::regclass as target
      from pg_constraint f
      join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[1]
     where f.conrelid = to_regclass(of_type) and f.contype = 'f' and cardinality(f.conkey) = 1
       and f.confrelid in ('establishment'::regclass, 'organisation'::regclass, 'product'::regclass)
       and body ->> a.attname is not null
     order by a.attnum
  loop
    execute format('select exists (select from %s where id = $1 and deleted_at is null)', named.target)
      into is_known using (body ->> named.member)::uuid;
    faults := faults || fault_if(not is_known, '#/' || named.member, 'unknown_reference');
  end loop;
  return faults || fault_if(body ->> 'activity_code' is not null
    and not exists (select from activity a where a.code = body ->> 'activity_code'), '#/activity_code', 'unknown_reference');
end
$_$;

COMMENT ON FUNCTION public.references_faults(of_type text, body jsonb) IS 'Members that name an establishment, organisation, product or activity that is not there.';

CREATE FUNCTION public.refuse(pointer text, code text, params jsonb DEFAULT NULL::jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  raise exception using errcode = 'PT422', message = 'invalid', detail = jsonb_build_array(
    jsonb_strip_nulls(jsonb_build_object('pointer', pointer, 'code', code, 'params', params)));
end
$$;

COMMENT ON FUNCTION public.refuse(pointer text, code text, params jsonb) IS '422 invalid with one fault.';

CREATE FUNCTION public.refuse_as_decided(code text, of_type text, in_status text) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  raise exception using errcode = 'PT409', message = 'guard-failed', detail = jsonb_build_array(jsonb_build_object(
    'pointer', '#', 'code', refuse_as_decided.code, 'params', jsonb_build_object('status_label', (
      select jsonb_build_object('vi', s.label_vi, 'en', s.label_en)
        from public.record_status s where s.record_type = of_type and s.status = in_status))));
end
$$;

COMMENT ON FUNCTION public.refuse_as_decided(code text, of_type text, in_status text) IS '409: the record can no longer be changed in this way.';

CREATE FUNCTION public.refuse_by_guards(faults jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  if jsonb_array_length(faults) > 0 then
    raise exception using errcode = 'PT409', message = 'guard-failed', detail = faults;
  end if;
end
$$;

COMMENT ON FUNCTION public.refuse_by_guards(faults jsonb) IS '409 guard-failed with all these faults, if there are any.';

CREATE FUNCTION public.refuse_changed(before jsonb, after jsonb, free text[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  perform refuse_by_guards(coalesce((
    select jsonb_agg(guard_fault('#/' || member, 'money_frozen', 'G10', jsonb_build_object('status', before ->> 'status')))
      from unnest(changed_members(before, after,
             free || array['status', 'version', 'updated_at', 'updated_by', 'organisation_id', 'province_code'])) as member), '[]'));
end
$$;

COMMENT ON FUNCTION public.refuse_changed(before jsonb, after jsonb, free text[]) IS '409 guard-failed when members other than these differ.';

CREATE FUNCTION public.refuse_faults(faults jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  if jsonb_array_length(faults) > 0 then
    raise exception using errcode = 'PT422', message = 'invalid', detail = faults;
  end if;
end
$$;

COMMENT ON FUNCTION public.refuse_faults(faults jsonb) IS '422 invalid with all these faults, if there are any.';

CREATE FUNCTION public.refuse_frozen() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
declare
  row_now constant jsonb := to_jsonb(new);
  -- What a new row has of itself is nothing that somebody wrote.
  row_before jsonb := '{"machines": [], "is_technology_line": false}';
  parts text[] := array[tg_table_name];
  status_then text;
  quality text;
  allowed text[];
begin
  if claim('app.client_id') is null or claim('app.act') is not null then
    return new;
  end if;
  if tg_op = 'UPDATE' then
    row_before := to_jsonb(old);
  else
    parts := parts || (tg_table_name || '+');
  end if;
  execute format('select status, history_quality from public.%I where id = $1', tg_argv[0])
    into status_then, quality using (row_now ->> tg_argv[1])::uuid;
  allowed := coalesce(open_members(tg_argv[0], status_then, parts), '{}');
  if quality <> 'final_state_only' and '*' <> all (allowed) then
    perform refuse_by_guards(frozen_faults(tg_argv[0], status_then,
      array(select member from unnest(members_changed(row_before, row_now)) member where member <> all (allowed))));
  end if;
  return new;
end
$_$;

CREATE FUNCTION public.refuse_more_bytes() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if (select c.is_whole from file_content c where c.id = new.content_id) then
    raise exception 'the bytes of a file that is whole do not change';
  end if;
  return new;
end
$$;

CREATE FUNCTION public.refuse_opening(e public.ledger_entry) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  perform refuse_by_guards(guard_if(
    e.import_id is not null and not exists (select from project p where p.id = e.project_id and p.history_quality = 'final_state_only'),
    '#/import_id', 'ledger_entry_opens_past', 'G2'));
end
$$;

CREATE FUNCTION public.refuse_part(fault text, params jsonb DEFAULT NULL::jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  raise exception using errcode = 'PT422', message = 'invalid', detail = jsonb_build_array(
    jsonb_strip_nulls(jsonb_build_object('parameter', 'offset', 'code', fault, 'params', params)));
end
$$;

CREATE FUNCTION public.refuse_repeated_rows(rows jsonb) RETURNS void
    LANGUAGE sql
    AS $$
  select refuse_faults(coalesce(jsonb_agg(jsonb_build_object('pointer', '#/rows/' || s.n - 1, 'code', 'import_row_repeated',
           'params', jsonb_build_object('first', s.first)) order by s.n), '[]'))
    from (select r.n, first_value(coalesce((r.body ->> 'row')::integer, r.n::integer)) over same as first, row_number() over same as nth
            from jsonb_array_elements(rows) with ordinality r (body, n)
          window same as (partition by case when r.body ->> 'code' is not null then jsonb_build_array(r.body -> 'code')
            else jsonb_build_array(with_marks(spaced(r.body ->> 'name')), with_marks(spaced(r.body ->> 'implementer')), listed_words(with_marks(r.body ->> 'beneficiaries')),
                   with_marks(spaced(r.body ->> 'decision_no')), r.body ->> 'places') end order by r.n)) s
   where s.nth > 1
$$;

COMMENT ON FUNCTION public.refuse_repeated_rows(rows jsonb) IS 'Two rows of one project would be taken for two projects, or the second for a correction of the first.';

CREATE FUNCTION public.refuse_rewriting() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  raise exception '% is append only', tg_table_name;
end
$$;

CREATE FUNCTION public.refuse_second_reversal(met uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  if exists (select from ledger_entry e where e.reverses_id = met) then
    raise exception using errcode = 'PT409', message = 'taken', detail = jsonb_build_array(
      jsonb_build_object('pointer', '#/reverses_id', 'code', 'ledger_entry_reversed_once'));
  end if;
end
$$;

CREATE FUNCTION public.refuse_transition(of_type text, record jsonb, action text, on_day date) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  raise exception using errcode = 'PT409', message = 'invalid-transition', detail = jsonb_build_object(
    'action', action,
    'record_status', record ->> 'status',
    'status_label', (select jsonb_build_object('vi', s.label_vi, 'en', s.label_en)
                       from record_status s where s.record_type = of_type and s.status = record ->> 'status'),
    'allowed_actions', allowed_actions(of_type, record ->> 'status', claim('app.tier'), acting_roles(), record, on_day));
end
$$;

CREATE FUNCTION public.refuse_tree_size(parameter text, wanted bigint, smallest bigint, largest bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  if wanted not between smallest and largest then
    raise exception using errcode = 'PT400', message = 'invalid-parameter', detail = jsonb_build_array(jsonb_build_object(
      'parameter', parameter, 'code', case when wanted < smallest then 'minimum' else 'maximum' end,
      'params', case when wanted < smallest then jsonb_build_object('minimum', smallest) else jsonb_build_object('maximum', largest) end));
  end if;
end
$$;

CREATE FUNCTION public.refuse_while_referenced() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $_$
declare
  is_used boolean;
begin
  if old.deleted_at is not null or new.deleted_at is null then
    return new;
  end if;
  for pair in 0 .. tg_nargs / 2 - 1 loop
    execute format('select exists (select from public.%I where %I = $1 and deleted_at is null)', tg_argv[pair * 2], tg_argv[pair * 2 + 1])
      into is_used using old.id;
    if is_used then
      raise exception using errcode = 'PT409', message = 'still-referenced',
        detail = jsonb_build_object('record_type', tg_argv[pair * 2]);
    end if;
  end loop;
  return new;
end
$_$;

CREATE FUNCTION public.refuse_without_scope(wanted text) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  if not has_scope(wanted) then
    raise exception using errcode = 'PT403', message = 'insufficient-scope', detail = jsonb_build_object('scope', wanted);
  end if;
end
$$;

COMMENT ON FUNCTION public.refuse_without_scope(wanted text) IS '403 insufficient-scope, naming the scope.';

CREATE TABLE public.region (
    code text NOT NULL,
    scheme text NOT NULL,
    name text NOT NULL,
    valid_from date NOT NULL,
    valid_to date
);

ALTER TABLE ONLY public.region FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.region IS 'Groups of provinces; schemes are independent of each other.';

COMMENT ON COLUMN public.region.scheme IS 'promotion (khuyến công), statistical or key_economic.';

CREATE FUNCTION public.region_json(r public.region) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('code', r.code, 'scheme', r.scheme, 'name', r.name, 'valid_from', r.valid_from, 'valid_to', r.valid_to)
$$;

CREATE FUNCTION public.region_label(region_code text) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select coalesce((select r.name from region r where r.code = region_code), 'không xác định')
$$;

CREATE TABLE public.region_member (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    region_code text NOT NULL,
    province_code text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    certainty text NOT NULL,
    source text
);

ALTER TABLE ONLY public.region_member FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.region_member IS 'Provinces of a region with the days for which that holds.';

COMMENT ON COLUMN public.region_member.certainty IS 'stated, verified or derived: see db/reference/README.md.';

CREATE FUNCTION public.region_member_json(m public.region_member) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('province_code', m.province_code, 'province', admin_unit_name(m.province_code, m.valid_from),
    'valid_from', m.valid_from, 'valid_to', m.valid_to, 'certainty', m.certainty, 'source', m.source)
$$;

CREATE FUNCTION public.region_summary_values(project_count bigint, national_count bigint, local_count bigint, group_count bigint, key_count bigint, accepted_count bigint, stopped_count bigint, total_cost_vnd bigint, support_vnd bigint, national_support_vnd bigint, local_support_vnd bigint, counterpart_vnd bigint, baseline_vnd bigint, assigned_vnd bigint, disbursed_vnd bigint) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select jsonb_build_object('project_count', coalesce(project_count, 0), 'national_count', coalesce(national_count, 0),
    'local_count', coalesce(local_count, 0), 'group_count', coalesce(group_count, 0), 'key_count', coalesce(key_count, 0),
    'accepted_count', coalesce(accepted_count, 0), 'stopped_count', coalesce(stopped_count, 0),
    'total_cost_vnd', coalesce(total_cost_vnd, 0), 'support_vnd', coalesce(support_vnd, 0),
    'national_support_vnd', coalesce(national_support_vnd, 0), 'local_support_vnd', coalesce(local_support_vnd, 0),
    'counterpart_vnd', coalesce(counterpart_vnd, 0), 'baseline_vnd', coalesce(baseline_vnd, 0), 'assigned_vnd', coalesce(assigned_vnd, 0),
    'disbursed_vnd', coalesce(disbursed_vnd, 0), 'disbursed_percent', percent_of(disbursed_vnd, assigned_vnd),
    'accepted_percent', percent_of(accepted_count, project_count), 'stopped_percent', percent_of(stopped_count, project_count),
    'group_key_percent', percent_of(group_count + key_count, project_count))
$$;

CREATE FUNCTION public.report_activity_results(q public.report_question) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
  ends constant date := least(q."to", (date_trunc('year', today()) + interval '1 year - 1 day')::date);
  year_start constant date := date_trunc('year', ends);
  year_end constant date := year_start + interval '1 year - 1 day';
  before_start constant date := q."from" - interval '1 year';
  before_end constant date := ends - interval '1 year';
  counted constant report_question := with_period(q, least(before_start, year_start), greatest(year_end, ends));
  rows json;
begin
  with items as materialized (
    select root_activity, measure, indicator_code, unit, level, planned, actual, establishment_id,
           starts_on between q."from" and ends as in_period, starts_on between year_start and ends as in_year_so_far,
           starts_on between year_start and year_end as in_year, starts_on between before_start and before_end as in_before
      from (
        select output_activity(p.id, o.line_id) as root_activity, '3 ' || coalesce(o.indicator_code, '~') || ' ' || (coalesce(o.planned, o.actual) ->> 'measure_unit') as measure,
               o.indicator_code, coalesce(o.planned, o.actual) ->> 'measure_unit' as unit, p.level, p.starts_on,
               (o.planned ->> 'value')::numeric as planned, (o.actual ->> 'value')::numeric as actual, null::uuid as establishment_id
          from report_projects(counted) p
          join project_output o on o.project_id = p.id and o.deleted_at is null
        union all
        select coalesce(r.root, 'none'), m.measure, m.code, m.unit, p.level, p.starts_on, m.planned,
               case when l.status in ('accepted', 'settled') or project_accepted_by(p.status, p.history_quality, p.id, ends) then m.planned end,
               case when m.unit = 'establishment' then l.establishment_id end
          from report_projects(counted) p
          join project_line l on l.project_id = p.id and l.deleted_at is null and l.status not in ('withdrawn', 'removed')
          left join activity_roots() r on r.code = l.activity_code
         cross join lateral (values ('1', 'line_support', 'vnd', l.support_vnd::numeric), ('2', 'establishments_supported', 'establishment',
                               case when l.establishment_id is not null then 1 end)) m (measure, code, unit, planned)) i
  ), measured as (
    select i.root_activity, i.measure, i.indicator_code, i.unit,
           figure_of(i.unit, i.indicator_code, i.measure, sum(i.planned) filter (where i.in_year), count(distinct i.establishment_id) filter (where i.in_year and i.planned is not null)) as plan,
           figure_of(i.unit, i.indicator_code, i.measure, sum(i.actual) filter (where i.in_period), count(distinct i.establishment_id) filter (where i.in_period and i.actual is not null)) as done,
           figure_of(i.unit, i.indicator_code, i.measure, sum(i.actual) filter (where i.in_period and i.level = 'national'), count(distinct i.establishment_id) filter (where i.in_period and i.level = 'national' and i.actual is not null)) as national,
           figure_of(i.unit, i.indicator_code, i.measure, sum(i.actual) filter (where i.in_period and i.level = 'local'), count(distinct i.establishment_id) filter (where i.in_period and i.level = 'local' and i.actual is not null)) as local,
           figure_of(i.unit, i.indicator_code, i.measure, sum(i.actual) filter (where i.in_year_so_far), count(distinct i.establishment_id) filter (where i.in_year_so_far and i.actual is not null)) as so_far,
           figure_of(i.unit, i.indicator_code, i.measure, sum(i.actual) filter (where i.in_before), count(distinct i.establishment_id) filter (where i.in_before and i.actual is not null)) as before
      from items i
     where q.activity_code is null or i.root_activity = any (q.activity_code)
     group by 1, 2, 3, 4
  ), listed as (
    select m.root_activity, 0 as part, '' as measure, null::text as unit,
           report_row(m.root_activity, activity_label(m.root_activity), '{}', u.url, '{}', 'subtotal') as body
      from (select distinct m.root_activity from measured m) m
     cross join lateral (select records_url('/v1/projects', projects_filters(with_period(q, q."from", ends)) || jsonb_build_object('activity_code', m.root_activity)) as url) u
    union all
    select m.root_activity, 1, m.measure, m.unit,
           report_row(m.root_activity || '/' || coalesce(m.indicator_code, 'other') || '/' || m.unit,
             case m.measure when '1' then 'Kinh phí hỗ trợ' when '2' then 'Số cơ sở được hỗ trợ' else indicator_label(m.indicator_code, m.unit) end,
             jsonb_build_object('unit_label', measure_unit_label(m.unit), 'plan', m.plan, 'done', m.done, 'so_far', m.so_far, 'attained_percent', percent_of(m.so_far, m.plan),
               'before', m.before, 'compared_percent', percent_of(m.done, m.before), 'national', m.national, 'local', m.local),
             records_url('/v1/projects', u.filters),
             jsonb_build_object('plan', records_url('/v1/projects', u.filters || jsonb_build_object('from', year_start, 'to', year_end)),
               'so_far', records_url('/v1/projects', u.filters || jsonb_build_object('from', year_start)),
               'before', records_url('/v1/projects', u.filters || jsonb_build_object('from', before_start, 'to', before_end))),
             'record', m.unit)
      from measured m
     cross join lateral (select projects_filters(with_period(q, q."from", ends))
                           || jsonb_build_object('activity_code', m.root_activity, 'expand', 'lines,outputs') as filters) u
  )
  select json_agg(l.body order by l.root_activity = 'none', l.root_activity, l.part, l.measure, l.unit) into rows from listed l;
  return report_json('activity-results', 'Kết quả hoạt động khuyến công theo nội dung', with_period(q, q."from", ends), 'Chỉ tiêu',
    json_build_array(
      report_text_column('unit_label', 'Đơn vị tính', 'Unit'), report_column('plan', 'Kế hoạch năm ' || to_char(year_start, 'YYYY'), 'Plan of the year', null, false),
      report_column('done', 'Thực hiện kỳ', 'In the period', null, false), report_column('so_far', 'Lũy kế từ đầu năm', 'Since the beginning of the year', null, false),
      report_column('attained_percent', '% kế hoạch', 'Share of the plan', 'percent', false), report_column('before', 'Cùng kỳ năm trước', 'Same period last year', null, false),
      report_column('compared_percent', 'So cùng kỳ', 'Against last year', 'percent', false), report_column('national', 'Thực hiện kỳ: KCQG', 'In the period: national', null, false),
      report_column('local', 'Thực hiện kỳ: KCĐP', 'In the period: local', null, false)),
    rows, '{}', '[]',
    array['Nội dung con được cộng vào nội dung KC1–KC9.',
          'Kỳ xét theo ngày bắt đầu của đề án. Kinh phí và số cơ sở thực hiện là của các hạng mục đã nghiệm thu; một cơ sở chỉ đếm một lần trong mỗi ô.',
          'So cùng kỳ: cùng khoảng ngày của năm trước.'],
    '{}', records_url('/v1/projects', projects_filters(with_period(q, q."from", ends))));
end
$$;

COMMENT ON FUNCTION public.report_activity_results(q public.report_question) IS 'R3: plan, period, cumulative, last year; child activities belong to their group.';

CREATE FUNCTION public.report_body(report text, q public.report_question) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
begin
  return case report
    when 'region-summary' then report_region_summary(q)
    when 'activity-results' then report_activity_results(q)
    when 'programme-attainment' then report_programme_attainment(q)
    when 'key-project-matrix' then report_key_project_matrix(q)
    when 'key-project-implementers' then report_key_project_implementers(q)
    when 'late-projects' then report_late_projects(q)
    when 'missing-reports' then report_missing_reports(q)
    when 'stopped-projects' then report_stopped_projects(q)
    when 'provinces-without-key-project' then report_provinces_without_key_project(q)
    when 'local-budget-trend' then report_local_budget_trend(q)
    when 'support-concentration' then report_support_concentration(q)
    when 'plan-table' then report_plan_table(q)
    when 'progress-table' then report_progress_table(q)
    when 'ledger-balances' then report_ledger_balances(q)
  end::text;
end
$$;

COMMENT ON FUNCTION public.report_body(report text, q public.report_question) IS 'The answer of a report, as its own address gives it.';

CREATE FUNCTION public.report_column(key text, label_vi text, label_en text, measure_unit text DEFAULT NULL::text, is_additive boolean DEFAULT true) RETURNS json
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select json_build_object('key', key, 'label_vi', label_vi, 'label_en', label_en, 'measure_unit', measure_unit, 'is_additive', is_additive,
    'is_text', false)
$$;

CREATE FUNCTION public.report_columns(group_by text) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  with overlap as (
    select group_by in ('activity', 'source') as is_on
  ), listed as (
    select 1 as part, c.*
      from overlap,
           lateral (values
             (1, 'project_count', 'Số đề án', 'Projects', null, not is_on),
             (2, 'total_cost_vnd', 'Tổng kinh phí', 'Total cost', 'vnd', not is_on),
             (3, 'mean_total_cost_vnd', 'Tổng kinh phí bình quân', 'Mean total cost', 'vnd', false),
             (4, 'cost_unknown_count', 'Số đề án chưa có tổng kinh phí', 'Projects without a total cost', null, not is_on),
             (5, 'support_vnd', 'Kinh phí hỗ trợ', 'Support', 'vnd', not is_on),
             (6, 'counterpart_vnd', 'Kinh phí đối ứng', 'Counterpart', 'vnd', not is_on),
             (7, 'funding_total_vnd', 'Cộng các nguồn kinh phí', 'Funding, all sources', 'vnd', not is_on)) c (n, key, label_vi, label_en, measure_unit, is_additive)
    union all
    select 2, s.n::integer, 'funding_' || s.source || '_vnd', 'Nguồn: ' || source_label(s.source, 'vi'), 'Funding: ' || source_label(s.source, 'en'), 'vnd', not is_on
      from overlap, unnest(array['central_promotion', 'local_promotion', 'counterpart', 'integrated', 'foreign', 'other']) with ordinality s (source, n)
    union all
    select 3, c.*
      from (values
             (1, 'line_count', 'Số hạng mục của nội dung', 'Lines of the activity', null, true),
             (2, 'line_eligible_cost_vnd', 'Chi phí được tính của hạng mục', 'Eligible cost of these lines', 'vnd', true),
             (3, 'line_support_vnd', 'Hỗ trợ của hạng mục', 'Support of these lines', 'vnd', true),
             (4, 'line_counterpart_vnd', 'Đối ứng của hạng mục', 'Counterpart of these lines', 'vnd', true)) c
     where group_by = 'activity'
    union all
    select 3, 1, 'source_amount_vnd', 'Kinh phí từ nguồn này', 'Money from the source', 'vnd', true
     where group_by = 'source'
  )
  select json_agg(json_build_object('key', l.key, 'label_vi', l.label_vi, 'label_en', l.label_en, 'measure_unit', l.measure_unit,
           'is_additive', l.is_additive, 'is_text', false) order by l.part, l.n)
    from listed l
$$;

CREATE FUNCTION public.report_filters(q public.report_question) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select to_jsonb(q) - array['from', 'to', 'geo_basis', 'provinces', 'own_organisation', 'tier']
$$;

CREATE FUNCTION public.report_indicator(code text, label_vi text, label_en text, formula_vi text, value numeric, measure_unit text DEFAULT NULL::text) RETURNS json
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select json_build_object('code', code, 'label_vi', label_vi, 'label_en', label_en, 'formula_vi', formula_vi, 'value', value,
    'measure_unit', measure_unit, 'unit_label', case measure_unit when 'vnd' then 'đồng' when 'percent' then '%' else measure_unit_label(measure_unit) end,
    'display', figure_vi(value, measure_unit))
$$;

COMMENT ON FUNCTION public.report_indicator(code text, label_vi text, label_en text, formula_vi text, value numeric, measure_unit text) IS 'A figure of the whole report, with how it is made and as people read it.';

CREATE FUNCTION public.report_json(report text, title text, q public.report_question, row_label text, columns json, rows json, totals jsonb, indicators json DEFAULT '[]'::json, notes text[] DEFAULT '{}'::text[], chart_columns text[] DEFAULT '{}'::text[], records_url text DEFAULT NULL::text) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'report', report,
    'title', title,
    'title_block', title_block(q),
    'from', q."from",
    'to', q."to",
    'geo_basis', q.geo_basis,
    'generated_at', instant(current_instant()),
    'filters', report_filters(q),
    'row_label', row_label,
    'columns', columns,
    'rows', rows_checked(coalesce(rows, '[]'), report),
    'totals', totals,
    'indicators', indicators,
    'notes', notes,
    'chart_columns', chart_columns,
    'records_url', records_url)
$$;

COMMENT ON FUNCTION public.report_json(report text, title text, q public.report_question, row_label text, columns json, rows json, totals jsonb, indicators json, notes text[], chart_columns text[], records_url text) IS 'The one shape of every report.';

CREATE FUNCTION public.report_key_project_implementers(q public.report_question) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
  asked constant report_question := with_scale(q, '{key}');
  first_year integer;
  last_year integer;
  rows json;
  totals jsonb;
  figures record;
begin
  select min(m.year), max(m.year) into first_year, last_year from report_projects(asked) p cross join lateral key_project_money(p.id) m;
  last_year := least(last_year, first_year + 19);
  with money as materialized (
    select p.implementer_id, p.id, p.total_cost_vnd, m.year, m.amount_vnd
      from report_projects(asked) p left join lateral key_project_money(p.id) m on true
  ), counted as (
    select m.implementer_id, count(distinct m.id) as projects, coalesce(sum(m.amount_vnd), 0)::bigint as amount,
           (select coalesce(sum(c.total_cost_vnd), 0)::bigint from (select distinct d.id, d.total_cost_vnd from money d where d.implementer_id is not distinct from m.implementer_id) c) as total_cost
      from money m group by 1
  ), yearly as (
    select y.implementer_id, jsonb_object_agg('amount_' || y.year, y.amount) as by_year
      from (select m.implementer_id, m.year, sum(m.amount_vnd)::bigint as amount from money m where m.year is not null group by 1, 2) y group by 1
  ), listed as (
    select c.*, o.name, o.kind, o.province_code, no_years(first_year, last_year, 'amount_') || coalesce(y.by_year, '{}') as by_year
      from counted c left join organisation o on o.id = c.implementer_id left join yearly y on y.implementer_id is not distinct from c.implementer_id
  )
  select json_agg(report_row(l.implementer_id::text, coalesce(l.name, 'Chưa ghi đơn vị thực hiện'),
           l.by_year || jsonb_build_object('kind_label', case when l.kind is not null then organisation_kind_label(l.kind) end, 'project_count', l.projects,
             'total_cost_vnd', l.total_cost, 'amount_vnd', l.amount),
           case when l.implementer_id is not null then records_url('/v1/projects', projects_filters(asked) || jsonb_build_object('implementer_id', l.implementer_id)) end)
           order by l.name is null, l.name collate vietnamese, l.implementer_id),
         jsonb_build_object('project_count', coalesce(sum(l.projects), 0), 'total_cost_vnd', coalesce(sum(l.total_cost), 0), 'amount_vnd', coalesce(sum(l.amount), 0))
           || no_years(first_year, last_year, 'amount_')
           || coalesce((select jsonb_object_agg('amount_' || t.year, t.amount) from (select m.year, sum(m.amount_vnd)::bigint as amount from money m where m.year is not null group by 1) t), '{}')
    into rows, totals from listed l;
  select count(distinct p.key) as provinces, count(distinct (p.p).implementer_id) filter (where o.tier = 'central') as central
    into figures from placed_projects(asked) p left join organisation o on o.id = (p.p).implementer_id;
  return report_json('key-project-implementers', 'Đơn vị thực hiện đề án điểm', asked, 'Đơn vị thực hiện',
    array_to_json(array[report_text_column('kind_label', 'Loại đơn vị', 'Kind'), report_column('project_count', 'Số đề án điểm', 'Key projects'),
      report_column('total_cost_vnd', 'Tổng kinh phí', 'Total cost', 'vnd'), report_column('amount_vnd', 'Kinh phí các năm', 'Money of the years', 'vnd')]
      || year_columns(first_year, last_year, 'amount_', 'Năm', 'vnd')),
    rows, totals,
    json_build_array(
      report_indicator('localities', 'Số địa phương có đề án điểm', 'Provinces with key projects', 'Số tỉnh khác nhau của các đề án điểm', figures.provinces),
      report_indicator('central_implementers', 'Số đơn vị trung ương thực hiện', 'Central implementers', 'Số đơn vị thực hiện thuộc trung ương', figures.central)),
    '{}', '{}', records_url('/v1/projects', projects_filters(asked)));
end
$$;

CREATE FUNCTION public.report_key_project_matrix(q public.report_question) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
  first_year integer;
  last_year integer;
  rows json;
  figures record;
  asked constant report_question := with_scale(q, '{key}');
begin
  select min(y.year), max(y.year) into first_year, last_year
    from report_projects(asked) p
   cross join lateral (select m.year from key_project_money(p.id) m union select f.year from key_project_figures(p.id) f where f.year is not null
                       union select extract(year from p.starts_on)::integer union select extract(year from p.ends_on)::integer where p.ends_on is not null) y
   where q.project_id is null or p.id = q.project_id;
  last_year := least(last_year, first_year + 19);
  with chosen as materialized (
    select p.id, p.name, p.code, coalesce(m.former_label, former_name(p, basis_date(q.geo_basis))) as province, p.starts_on, records_url('/v1/projects', jsonb_build_object('parent_id', p.id)) as url
      from report_projects(asked) p
      left join label_map(q) m on m.code = p.province_code and p.codes_on between m.valid_from and m.valid_to
     where q.project_id is null or p.id = q.project_id
  ), money as materialized (
    select c.id, coalesce(jsonb_object_agg('planned_' || m.year, m.amount_vnd) filter (where m.year is not null), '{}') as by_year, coalesce(sum(m.amount_vnd), 0)::bigint as total,
           count(m.year) as years
      from chosen c left join lateral key_project_money(c.id) m on true group by c.id
  ), figured as materialized (
    select c.id, f.line_id, f.title, f.activity_code, f.created_at, f.unit,
           coalesce(jsonb_object_agg('planned_' || f.year, f.planned) filter (where f.planned is not null and f.unit is not null), '{}')
             || coalesce(jsonb_object_agg('actual_' || f.year, f.actual) filter (where f.actual is not null and f.unit is not null), '{}') as by_year,
           sum(f.planned) as planned, sum(f.actual) as actual,
           case when f.unit is null or sum(f.planned) is null then 'no_data' else target_result('gte', sum(f.planned), sum(f.actual), null) end as result
      from chosen c cross join lateral key_project_figures(c.id) f
     group by c.id, f.line_id, f.title, f.activity_code, f.created_at, f.unit
  ), listed as (
    select c.starts_on, c.id, 0 as part, null::timestamptz as at, ''::text as unit,
           report_row(c.id::text, c.name, jsonb_build_object('province', c.province, 'activity', '', 'unit_label', '', 'result_label', ''), c.url, '{}', 'subtotal') as body
      from chosen c
    union all
    select c.starts_on, c.id, 1, null, '',
           report_row(c.id || '/money', 'Kinh phí', m.by_year || jsonb_build_object('province', c.province, 'activity', '', 'unit_label', 'đồng', 'total', m.total, 'result_label', ''),
             '/v1/projects/' || c.id || '/funding', '{}', 'record', 'vnd')
      from chosen c join money m on m.id = c.id
    union all
    select c.starts_on, c.id, 2, f.created_at, f.unit,
           report_row(f.line_id || coalesce('/' || f.unit, ''), f.title, f.by_year || jsonb_build_object('province', c.province, 'activity', coalesce(root_activity(f.activity_code), ''),
             'unit_label', coalesce(measure_unit_label(f.unit), ''), 'total', f.actual, 'result', f.result, 'result_label', result_label(f.result)),
             '/v1/projects/' || c.id || '/outputs', '{}', 'record', f.unit)
      from chosen c join figured f on f.id = c.id
  )
  select json_agg(l.body order by l.starts_on, l.id, l.part, l.at, l.unit) into rows from listed l;
  with chosen as materialized (
    select p.id from report_projects(asked) p where q.project_id is null or p.id = q.project_id
  ), judged as materialized (
    select f.id, f.line_id, min(f.title) as title, min(root_activity(f.activity_code)) as activity, whole_result(array_agg(f.result)) as result, min(f.created_at) as at
      from (select c.id, f.line_id, f.title, f.activity_code, f.created_at,
                   case when f.unit is null or sum(f.planned) is null then 'no_data' else target_result('gte', sum(f.planned), sum(f.actual), null) end as result
              from chosen c cross join lateral key_project_figures(c.id) f group by 1, 2, 3, 4, 5, f.unit) f
     group by 1, 2
  )
  select (select count(*) from chosen) as projects, count(*) as lines, count(distinct j.activity) as activities,
         count(*) filter (where j.result in ('met', 'exceeded')) as met, count(*) filter (where j.result = 'not_met') as not_met,
         count(*) filter (where j.result = 'no_data') as no_data,
         string_agg(j.title, '; ' order by j.at, j.line_id) filter (where j.result in ('met', 'exceeded')) as met_names,
         string_agg(j.title, '; ' order by j.at, j.line_id) filter (where j.result = 'not_met') as not_met_names,
         (select sum(m.amount_vnd) from chosen c cross join lateral key_project_money(c.id) m) as total,
         (select count(distinct m.year) from chosen c cross join lateral key_project_money(c.id) m) as years
    into figures from judged j;
  return report_json('key-project-matrix', 'Tổng hợp đề án điểm theo nội dung và năm', asked, 'Đề án điểm, hạng mục',
    array_to_json(array[report_text_column('province', 'Địa phương', 'Province'), report_text_column('activity', 'Nội dung', 'Activity'),
        report_text_column('unit_label', 'Đơn vị tính', 'Unit')]
      || (select coalesce(array_agg(c order by y, part), '{}')
            from generate_series(first_year, last_year) y
           cross join lateral (values (1, report_column('planned_' || y, 'Kế hoạch ' || y, 'Planned ' || y, null, false)),
                                      (2, report_column('actual_' || y, 'Thực hiện ' || y, 'Actual ' || y, null, false))) p (part, c))
      || array[report_column('total', 'Cộng', 'Total', null, false), report_text_column('result_label', 'Kết quả', 'Result')]),
    rows, '{}',
    json_build_array(
      report_indicator('key_projects', 'Số đề án điểm', 'Key projects', 'Số đề án quy mô điểm trong kỳ', figures.projects, 'project'),
      report_indicator('activities', 'Số nội dung', 'Activities', 'Số nội dung KC1–KC9 khác nhau của các hạng mục', figures.activities),
      report_indicator('lines', 'Số hạng mục', 'Lines', 'Số hạng mục, không kể hạng mục rút hoặc bỏ', figures.lines, 'line'),
      report_indicator('lines_met', 'Hạng mục đạt hoặc vượt', 'Lines met or exceeded', 'Thực hiện bằng hoặc hơn kế hoạch', figures.met, 'line'),
      report_indicator('lines_not_met', 'Hạng mục không đạt', 'Lines not met', 'Thực hiện ít hơn kế hoạch', figures.not_met, 'line'),
      report_indicator('lines_no_data', 'Hạng mục chưa có số liệu', 'Lines without data', 'Chưa có kế hoạch hoặc thực hiện', figures.no_data, 'line'),
      report_indicator('total', 'Tổng kinh phí', 'Total money', 'Cộng kinh phí các năm', coalesce(figures.total, 0), 'vnd'),
      report_indicator('mean_per_year', 'Kinh phí bình quân một năm', 'Mean money of a year', 'Tổng kinh phí / số năm có kinh phí', round(figures.total / nullif(figures.years, 0)), 'vnd')),
    array_remove(array['Đạt hoặc vượt: ' || figures.met_names, 'Không đạt: ' || figures.not_met_names,
      'Kinh phí bình quân ' || figure_vi(figures.total / nullif(figures.years, 0), 'vnd') || ' triệu đồng mỗi năm.'], null),
    '{}', records_url('/v1/projects', projects_filters(asked)));
end
$$;

COMMENT ON FUNCTION public.report_key_project_matrix(q public.report_question) IS 'R6: money and results of key projects by line and year, with what was met and what was not.';

CREATE FUNCTION public.report_keys(group_by text, p public.project, day date) RETURNS text[]
    LANGUAGE sql STABLE
    AS $$
  select case group_by
    when 'level' then array[p.level]
    when 'scale' then array[coalesce(p.scale, 'none')]
    when 'status' then array[p.status]
    when 'activity' then project_activity_groups(p.id)
    when 'source' then project_sources(p.id)
    when 'province' then array[project_province(p.province_code, p.codes_on, p.places, day)]
    when 'region' then array[project_region(p.province_code, p.codes_on, p.places, day)]
  end
$$;

COMMENT ON FUNCTION public.report_keys(group_by text, p public.project, day date) IS 'The rows of a report in which a project stands; several only by activity and source.';

CREATE FUNCTION public.report_label(group_by text, key text, day date) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select coalesce(
    case group_by
      when 'level' then case key when 'national' then 'Quốc gia (KCQG)' when 'local' then 'Địa phương (KCĐP)' end
      when 'scale' then case key when 'single' then 'Đơn lẻ' when 'group' then 'Nhóm' when 'key' then 'Điểm' end
      when 'status' then (select s.label_vi from record_status s where s.record_type = 'project' and s.status = key)
      when 'activity' then (select a.name_vi from activity a where a.code = key order by a.valid_from desc limit 1)
      when 'source' then source_label(key, 'vi')
      when 'region' then (select r.name from region r where r.code = key)
      when 'province' then (
        select u.name from admin_unit u
         where u.code = left(key, 2) and u.tier = 'province'
           and coalesce(day, nullif(substr(key, 4), '')::date, u.valid_from) between u.valid_from and coalesce(u.valid_to, 'infinity')
         order by u.valid_from desc limit 1)
    end,
    'không xác định')
$$;

COMMENT ON FUNCTION public.report_label(group_by text, key text, day date) IS 'Vietnamese label of a row; of a province as it was called on the map.';

CREATE FUNCTION public.report_late_projects(q public.report_question) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  with asked as (
    select least(q."to", today()) as day
  ), late as (
    select p, l, g, a.day - p.ends_on as days_past
      from asked a
     cross join lateral report_projects(q) p
     cross join lateral last_progress(p.id, a.day) l
     cross join lateral parameter_on('project_late_grace_days', a.day, p.level, p.province_code) g
     where p.status in ('contracted', 'in_progress', 'acceptance_requested')
       and (a.day - p.ends_on > coalesce(g.value, 0) or l.risk in ('late', 'blocked'))
  ), counted as (
    select l.*, (l.p).id, greatest(l.days_past, 0) as days_late, coalesce(m.label, report_province(l.p, q)) as province
      from late l
      left join label_map(q) m on m.code = (l.p).province_code and (l.p).codes_on between m.valid_from and m.valid_to
  )
  select report_json('late-projects', 'Đề án chậm tiến độ', q, 'Đề án',
    json_build_array(
      report_text_column('project_code', 'Mã đề án', 'Project'), report_text_column('province', 'Tỉnh, thành phố', 'Province'),
      report_text_column('implementer', 'Đơn vị thực hiện', 'Implementer'), report_text_column('status', 'Trạng thái', 'Status'),
      report_text_column('ends_on', 'Hạn hoàn thành', 'Due'), report_column('days_late', 'Số ngày quá hạn', 'Days past', null, false),
      report_text_column('risk', 'Đánh giá gần nhất', 'Latest assessment'), report_column('percent_done', 'Khối lượng thực hiện', 'Work done', 'percent', false),
      report_column('support_vnd', 'Kinh phí hỗ trợ', 'Support', 'vnd')),
    (select json_agg(report_row((c.p).code, (c.p).name, jsonb_build_object(
              'project_code', (c.p).code, 'province', c.province, 'implementer', organisation_name((c.p).implementer_id),
              'status', report_label('status', (c.p).status, null), 'ends_on', (c.p).ends_on, 'days_late', c.days_late,
              'risk', risk_label((c.l).risk), 'percent_done', (c.l).percent_done, 'support_vnd', coalesce((c.p).support_vnd, 0)),
              '/v1/projects/' || c.id)
            order by c.days_late desc, (c.p).code)
       from counted c),
    (select jsonb_build_object('support_vnd', coalesce(sum((c.p).support_vnd), 0)) from counted c),
    (select json_build_array(report_indicator('late_projects', 'Số đề án chậm', 'Late projects',
              'Số đề án đang thực hiện, quá hạn hoàn thành hoặc báo cáo gần nhất đánh giá chậm, vướng', count(*), 'project')) from counted),
    array['Tính đến ngày ' || (select to_char(a.day, 'DD/MM/YYYY') from asked a) || '; hạn là ngày kết thúc của đề án cộng số ngày cho phép (tham số project_late_grace_days).'])
$$;

COMMENT ON FUNCTION public.report_late_projects(q public.report_question) IS 'Projects in execution that are past their end, or late by their own latest report.';

CREATE FUNCTION public.report_ledger_balances(q public.report_question) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
  group_by constant text := group_by_checked(q.group_by, '{year,source,province,project}');
  filters constant jsonb := jsonb_build_object('year', q.year, 'source', to_jsonb(q.source), 'project_id', q.project_id,
    'province_code', to_jsonb(q.province_code), 'from', nullif(q."from", '1900-01-01'), 'to', nullif(q."to", '2100-12-31'));
  rows json;
  totals jsonb;
begin
  with summed as materialized (
    select case group_by when 'year' then m.year::text when 'source' then m.source when 'province' then m.province_code
             else m.project_id::text end as key, m.counts_as, sum(m.amount_vnd)::bigint as amount
      from ledger_moves(q) m
     group by 1, 2
  ), listed as (
    select s.key, ledger_row_label(group_by, s.key) as label, ledger_figures(jsonb_object_agg(s.counts_as, s.amount)) as figures
      from summed s group by s.key
  )
  select (select json_agg(report_row(l.key, l.label, l.figures, case when l.key is not null then records_url('/v1/ledger-entries', filters || jsonb_build_object(
                     case group_by when 'project' then 'project_id' when 'province' then 'province_code' else group_by end, l.key)) end)
                   order by l.key nulls last)
            from listed l),
         (select ledger_figures(coalesce(jsonb_object_agg(t.counts_as, t.amount), '{}'))
            from (select s.counts_as, sum(s.amount)::bigint as amount from summed s group by 1) t)
    into rows, totals;
  return report_json('ledger-balances', 'Số dư sổ kinh phí khuyến công', q,
    case group_by when 'year' then 'Năm ngân sách' when 'source' then 'Nguồn kinh phí' when 'province' then 'Địa bàn' else 'Đề án' end,
    json_build_array(report_column('allocated_vnd', 'Đã phân bổ', 'Allocated', 'vnd'), report_column('contracted_vnd', 'Đã ký hợp đồng', 'Contracted', 'vnd'),
      report_column('advanced_vnd', 'Đã tạm ứng', 'Advanced', 'vnd'), report_column('paid_vnd', 'Đã chi', 'Paid', 'vnd'),
      report_column('recovered_vnd', 'Đã thu hồi', 'Recovered', 'vnd'), report_column('disbursed_vnd', 'Chi trừ thu hồi', 'Paid less recovered', 'vnd'),
      report_column('carried_over_vnd', 'Chuyển nguồn', 'Carried over', 'vnd'), report_column('committed_vnd', 'Còn phải chi theo hợp đồng', 'Still to be paid by contract', 'vnd'),
      report_column('uncommitted_vnd', 'Đã phân bổ, chưa ký hợp đồng', 'Allocated, not contracted', 'vnd')),
    rows, totals, '[]', array['Chuyển nguồn: số dương là nhận từ năm trước, số âm là chuyển sang năm sau.'], '{}', records_url('/v1/ledger-entries', filters));
end
$$;

CREATE FUNCTION public.report_length_checked(length bigint, report text) RETURNS bigint
    LANGUAGE plpgsql STABLE
    AS $$
begin
  if length > report_most_rows() then
    raise exception using errcode = 'PT400', message = 'invalid-parameter',
      detail = jsonb_build_array(jsonb_build_object('parameter', case when report in ('plan-table', 'progress-table') then 'province_code' else 'from' end,
        'code', 'report_too_long', 'params', jsonb_build_object('maximum', report_most_rows())));
  end if;
  return length;
end
$$;

CREATE FUNCTION public.report_local_budget_trend(q public.report_question) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
  first_year constant integer := greatest(extract(year from q."from")::integer, extract(year from least(q."to", today()))::integer - 9);
  last_year constant integer := extract(year from least(q."to", today()));
  asked report_question := with_period(q, '1900-01-01', '2100-12-31');
  rows json;
  totals jsonb;
  names text;
begin
  with money as materialized (
    select c.key, f.year, sum(f.amount_vnd)::bigint as amount
      from placed_projects(asked) c
      join project_funding f on f.project_id = (c.p).id and f.deleted_at is null and f.source = 'local_promotion' and f.year between first_year and last_year
     group by 1, 2
  ), listed as materialized (
    select k.key, k.region_code, no_years(first_year, last_year, 'amount_') || coalesce((select jsonb_object_agg('amount_' || m.year, m.amount) from money m where m.key = k.key), '{}') as by_year,
           coalesce((select m.amount from money m where m.key = k.key and m.year = last_year), 0) as last_amount,
           coalesce((select m.amount from money m where m.key = k.key and m.year = last_year - 1), 0) as amount_before
      from province_keys(q, array(select distinct m.key from money m)) k
  )
  select (select json_agg(report_row(nullif(l.key, 'none'), province_label(l.key, q),
                   l.by_year || jsonb_build_object('region', region_label(l.region_code), 'change_percent', percent_of(l.last_amount - l.amount_before, l.amount_before),
                     'is_rising', l.last_amount > l.amount_before, 'trend_label', case when l.last_amount > l.amount_before then 'Tăng' when l.last_amount = l.amount_before then 'Không tăng' else 'Giảm' end),
                   province_url(l.key, projects_filters(asked) || '{"source": "local_promotion", "expand": "funding"}'))
                   order by region_label(l.region_code) collate vietnamese, province_label(l.key, q) collate vietnamese, l.key) from listed l),
         (select no_years(first_year, last_year, 'amount_') || coalesce((select jsonb_object_agg('amount_' || t.year, t.amount) from (select m.year, sum(m.amount)::bigint as amount from money m group by 1) t), '{}')),
         (select string_agg(province_label(l.key, q), ', ' order by province_label(l.key, q) collate vietnamese) from listed l where l.last_amount <= l.amount_before and l.key <> 'none')
    into rows, totals, names;
  return report_json('local-budget-trend', 'Kinh phí khuyến công địa phương qua các năm', q, 'Tỉnh, thành phố',
    array_to_json(array[report_text_column('region', 'Khu vực', 'Region')] || year_columns(first_year, last_year, 'amount_', 'Năm', 'vnd')
      || array[report_column('change_percent', 'Tăng, giảm ' || last_year || ' so với ' || last_year - 1, 'Change of the last year', 'percent', false), report_text_column('trend_label', 'Xu hướng', 'Trend')]),
    rows, totals,
    json_build_array(report_indicator('not_rising', 'Số địa phương không tăng kinh phí KCĐP', 'Provinces whose local budget does not rise',
      'Kinh phí KCĐP năm ' || last_year || ' không lớn hơn năm ' || last_year - 1,
      (select count(*) from json_array_elements(rows) r where not (r #>> '{values,is_rising}')::boolean))),
    array_remove(array['Kinh phí theo năm của nguồn KCĐP ghi trong đề án.', 'Không tăng: ' || names], null), '{}',
    records_url('/v1/projects', projects_filters(asked) || '{"source": "local_promotion", "expand": "funding"}'));
end
$$;

COMMENT ON FUNCTION public.report_local_budget_trend(q public.report_question) IS 'Money of the local source by its year, ten years at most; the day on which a project starts does not matter here.';

CREATE FUNCTION public.report_map(q public.report_question) RETURNS TABLE(code text, valid_from date, valid_to date, key text, region_code text)
    LANGUAGE plpgsql STABLE ROWS 200
    AS $$
declare
  day constant date := basis_date(q.geo_basis);
begin
  return query
    select *
      from (select m.*, project_province(m.code, m.valid_from, '[]', day) as key, project_region(m.code, m.valid_from, '[]', day) as region_code
              from map_periods(q.provinces) m) placed
     where placed.key <> 'none'; -- there the communes decide
end
$$;

COMMENT ON FUNCTION public.report_map(q public.report_question) IS 'Key of the province and region of every project of the caller''s provinces, but those whose communes decide.';

CREATE FUNCTION public.report_missing_reports(q public.report_question) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
  whenever constant report_question := with_period(q, '1900-01-01', '2100-12-31');
begin
  return (
  with asked as (
    select least(q."to", today()) as day
  ), running as (
    select p from asked a
     cross join lateral report_projects(whenever) p
     where p.history_quality <> 'final_state_only' and p.starts_on is not null and p.ends_on is not null
       and p.status in ('contracted', 'in_progress', 'acceptance_requested', 'accepted', 'settling', 'settled', 'closed')
  ), expected as (
    select r.p, e.*, got.id is not null as is_there, got.handed_in_on <= e.due_on as is_on_time, coalesce(got.return_count, 0) as return_count
      from running r
     cross join asked a
     cross join lateral reports_expected(r.p, q."from", a.day) e
      left join lateral (
        select g.id, t.handed_in_on, t.return_count
          from progress_report g
         cross join lateral (select min(t.acted_on) filter (where t.action = 'submit') as handed_in_on, count(*) filter (where t.action = 'return') as return_count
                               from transition t where t.record_type = 'progress_report' and t.record_id = g.id) t
         where g.project_id = (r.p).id and g.deleted_at is null and g.status in ('submitted', 'confirmed')
           and g."to" between e.starts_on and e.ends_on
         order by t.handed_in_on
         limit 1) got on true
  ), counted as (
    select (e.p).id, e.p as project, min(coalesce(m.label, report_province(e.p, q))) as province, count(*) as expected_count, count(*) filter (where e.is_there) as received_count,
           count(*) filter (where not e.is_there) as missing_count, count(*) filter (where e.is_on_time) as on_time_count,
           sum(e.return_count)::bigint as return_count,
           string_agg(to_char(e.ends_on, 'MM/YYYY'), ', ' order by e.ends_on) filter (where not e.is_there) as missing_periods
      from expected e
      left join label_map(q) m on m.code = (e.p).province_code and (e.p).codes_on between m.valid_from and m.valid_to
     group by e.p
  )
  select report_json('missing-reports', 'Tình hình nộp báo cáo tiến độ', q, 'Đề án',
    json_build_array(
      report_text_column('project_code', 'Mã đề án', 'Project'), report_text_column('province', 'Tỉnh, thành phố', 'Province'),
      report_text_column('implementer', 'Đơn vị thực hiện', 'Implementer'), report_column('expected_count', 'Số báo cáo phải nộp', 'Expected'),
      report_column('received_count', 'Đã nộp', 'Received'), report_column('missing_count', 'Còn thiếu', 'Missing'),
      report_column('on_time_count', 'Đúng hạn', 'On time'), report_column('on_time_percent', 'Tỷ lệ đúng hạn', 'Share on time', 'percent', false),
      report_column('return_count', 'Số lần trả lại', 'Times returned'), report_text_column('missing_periods', 'Kỳ còn thiếu', 'Periods missing')),
    (select json_agg(report_row((c.project).code, (c.project).name, jsonb_build_object(
              'project_code', (c.project).code, 'province', c.province, 'implementer', organisation_name((c.project).implementer_id),
              'expected_count', c.expected_count, 'received_count', c.received_count, 'missing_count', c.missing_count, 'on_time_count', c.on_time_count,
              'on_time_percent', percent_of(c.on_time_count, c.expected_count), 'return_count', c.return_count, 'missing_periods', c.missing_periods),
              records_url('/v1/progress-reports', jsonb_build_object('project_id', c.id)))
            order by c.missing_count desc, (c.project).code)
       from counted c),
    (select jsonb_build_object('expected_count', coalesce(sum(c.expected_count), 0), 'received_count', coalesce(sum(c.received_count), 0),
              'missing_count', coalesce(sum(c.missing_count), 0), 'on_time_count', coalesce(sum(c.on_time_count), 0),
              'on_time_percent', percent_of(sum(c.on_time_count), sum(c.expected_count)), 'return_count', coalesce(sum(c.return_count), 0)) from counted c),
    '[]',
    array['Báo cáo phải nộp là báo cáo đến hạn trong kỳ, theo các tham số progress_report_months và progress_report_due_day.',
          'Không tính đề án chỉ nhập trạng thái cuối.']));
end
$$;

COMMENT ON FUNCTION public.report_missing_reports(q public.report_question) IS 'Progress reports that fell due within the period: received, missing, on time, returned.';

CREATE FUNCTION public.report_most_rows() RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select 5000
$$;

CREATE FUNCTION public.report_ocop_list(q public.report_question) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
  day constant date := basis_date(q.geo_basis);
  rows json;
  totals jsonb;
begin
  select json_agg(report_row(c.certificate_no, c.product_name, jsonb_build_object('product_code', c.product_code, 'producer', c.establishment_name,
           'product_set', (select s.name_vi from ocop_product_set s where s.id = c.product_set_id), 'stars', c.stars, 'decision', c.decision ->> 'document_no',
           'issued_on', to_char(c.issued_on, 'DD/MM/YYYY'), 'valid_to', to_char(c.valid_to, 'DD/MM/YYYY'),
           'province', (admin_unit_name(c.province_code, c.codes_on) ->> 'name')),
           '/v1/ocop/certificates/' || c.id) order by c.stars desc, c.product_name collate vietnamese, c.id),
         jsonb_build_object('stars', null)
    into rows, totals
    from certificate c
   where c.scheme = 'ocop' and c.deleted_at is null and c.issued_on between q."from" and q."to"
     and (c.province_code = any (q.provinces) or c.organisation_id = q.own_organisation)
     and (q.province_code is null or project_in_provinces(c.province_code, c.codes_on, '[]', day, q.province_code))
     and (q.region_code is null or project_in_regions(c.province_code, c.codes_on, '[]', day, q.region_code));
  return report_json('ocop-list', 'Danh sách sản phẩm OCOP được chứng nhận', q, 'Sản phẩm',
    json_build_array(report_text_column('product_code', 'Mã sản phẩm', 'Product code'), report_text_column('producer', 'Chủ thể', 'Producer'),
      report_text_column('product_set', 'Bộ sản phẩm', 'Product set'), report_column('stars', 'Số sao', 'Stars', null, false),
      report_text_column('decision', 'Quyết định', 'Decision'), report_text_column('issued_on', 'Ngày cấp', 'Issued on'),
      report_text_column('valid_to', 'Có hiệu lực đến', 'Valid to'), report_text_column('province', 'Tỉnh, thành phố', 'Province')),
    rows, totals, json_build_array(report_indicator('certificate_count', 'Số giấy chứng nhận', 'Certificates', 'Đếm giấy chứng nhận cấp trong kỳ',
      coalesce(json_array_length(rows), 0))), records_url => '/v1/ocop/certificates');
end
$$;

COMMENT ON FUNCTION public.report_ocop_list(q public.report_question) IS 'OCOP certificates issued within the period: code, product, producer, set, stars, decision, term.';

CREATE FUNCTION public.report_place(group_by text, key text) RETURNS integer
    LANGUAGE sql STABLE
    AS $$
  select case
    when key = 'none' then 1000
    when group_by = 'status' then (select s.place from record_status s where s.record_type = 'project' and s.status = key)
    else array_position(array['national', 'local', 'single', 'group', 'key', 'central_promotion', 'local_promotion', 'counterpart',
                              'integrated', 'foreign', 'other'], key)
  end
$$;

COMMENT ON FUNCTION public.report_place(group_by text, key text) IS 'Order of the rows for people, what is not known last; null: by label.';

CREATE FUNCTION public.report_plan_table(asked public.report_question) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
  q constant report_question := report_year(asked);
  group_by constant text := group_by_checked(q.group_by, '{activity,organisation,programme,level,province}');
  day constant date := basis_date(q.geo_basis);
  rows json;
  totals jsonb;
begin
  perform report_length_checked((select count(*) from planned_projects(q)), 'plan-table');
  with listed as materialized (
    select p.id, p.name, plan_table_values(p, q.year, coalesce(l.former_label, former_name(p, day))) as figures,
           plan_table_part(group_by, p, coalesce(l.key, project_province(p.province_code, p.codes_on, p.places, day))) as part
      from planned_projects(q) p
      left join label_map(q) l on l.code = p.province_code and p.codes_on between l.valid_from and l.valid_to
  ), parts as (
    select s.part, plan_table_part_label(group_by, s.part, day) as label, s.sums, s.part in ('several', 'none') as is_last
      from (select l.part, plan_table_sums(array_agg(l.figures)) as sums from listed l group by 1) s
  )
  select (select json_agg(r.body order by r.is_last, r.place, r.part_label collate vietnamese, r.part, r.is_row, r.name collate vietnamese, r.id)
            from (select p.part, p.label as part_label, p.is_last, report_place(group_by, p.part) as place, false as is_row, '' as name, null::uuid as id,
                         report_row(nullif(p.part, 'none'), p.label, p.sums, plan_table_part_url(group_by, p.part, year_filters(q)), '{}', 'subtotal') as body
                    from parts p
                  union all
                  select p.part, p.label, p.is_last, report_place(group_by, p.part), true, l.name, l.id,
                         report_row(l.id::text, l.name, l.figures, '/v1/projects/' || l.id || '?expand=lines,funding')
                    from listed l join parts p on p.part = l.part) r),
         (select plan_table_sums(coalesce(array_agg(l.figures), '{}')) from listed l)
    into rows, totals;
  return report_json('plan-table', 'Biểu kế hoạch khuyến công năm ' || q.year, q, (select c.label_vi from plan_table_column c where c.key = 'name'),
    (select json_agg(case when c.is_text then report_text_column(c.key, c.label_vi, c.label_en) else report_column(c.key, c.label_vi, c.label_en, c.measure_unit, c.is_additive) end order by c.place)
       from plan_table_column c where c.key not in ('number', 'name')),
    rows, totals, '[]',
    array['Đề án bắt đầu trong năm hoặc có trong kế hoạch năm; KCQG, KCĐP là kinh phí của năm theo nguồn.'], '{}', records_url('/v1/projects', year_filters(q)));
end
$$;

COMMENT ON FUNCTION public.report_plan_table(asked public.report_question) IS 'R1: the projects of a year with subtotals by activity, organisation, programme, level or province, as assigned at first and now; its columns are those that an import reads.';

CREATE FUNCTION public.report_programme_attainment(q public.report_question) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
  parent constant record := targets_parent(q);
  on_day constant date := least(q."to", today());
  rows json;
  results jsonb;
  by_hand bigint;
  disputed text;
begin
  with measured as materialized (
    select t.id, t.name, t.operator, t.created_at, t.kind, m.n, m.measure ->> 'measure_unit' as unit, (m.measure ->> 'value')::numeric as planned, a.actual, a.project_count,
           round((m.measure ->> 'value')::numeric * least(1, greatest(0, (on_day - term.first_day + 1)::numeric
             / nullif(term.last_day - term.first_day + 1, 0))), 1) as expected,
           target_result(t.operator, (m.measure ->> 'value')::numeric, a.actual,
             coalesce(t.tolerance_percent, parameter_value('target_tolerance_percent', term.last_day))) as result, verdict
      from target t
     cross join lateral (select coalesce(t."from", parent.starts_on) as first_day, coalesce(t."to", parent.ends_on) as last_day) term
     cross join jsonb_array_elements(t.measures) with ordinality m (measure, n)
     cross join lateral target_actual(t, m.measure ->> 'measure_unit', case when t.annual_plan_id is null then t."from" else term.first_day end,
                                      case when t.annual_plan_id is null then t."to" else term.last_day end, q) a
     cross join lateral target_verdict(t.id, on_day) verdict
     where (t.programme_id = q.programme_id or t.annual_plan_id = q.annual_plan_id) and t.deleted_at is null
  ), judged as materialized (
    select m.*, whole_result(array_agg(m.result) over (partition by m.id)) as counted from measured m
  ), concluded as materialized (
    select j.*, case when j.counted = 'no_data' then coalesce((j.verdict).result, 'no_data') else j.counted end as target_result,
           j.counted = 'no_data' and (j.verdict).result <> 'no_data' as is_by_hand
      from judged j
  )
  select (select json_agg(report_row(c.id || '/' || c.unit, c.name,
                   jsonb_build_object('operator_label', operator_label(c.operator), 'unit_label', measure_unit_label(c.unit), 'planned', c.planned, 'actual', c.actual,
                     'attained_percent', percent_of(c.actual, c.planned), 'expected', c.expected,
                     'result_label', case when c.result = 'no_data' and c.is_by_hand then result_label(c.target_result) || ' (kết luận tay)' else result_label(c.result) end,
                     'result', case when c.result = 'no_data' and c.is_by_hand then c.target_result else c.result end, 'counted_result', c.result,
                     'target_result', c.target_result, 'is_by_verdict', c.is_by_hand, 'project_count', c.project_count,
                     'verdict', (c.verdict).result, 'verdict_label', verdict_label(c.verdict), 'verdict_source', (c.verdict).source),
                   records_url('/v1/projects', projects_filters(q) || '{"expand": "outputs"}'),
                   case when (c.verdict).id is null then '{}' else jsonb_build_object('verdict', '/v1/targets/' || c.id || '/assessments') end,
                   'record', c.unit) order by c.created_at, c.id, c.n) from concluded c),
         (select jsonb_object_agg(r.target_result, r.n) from (select c.target_result, count(distinct c.id) as n from concluded c group by 1) r),
         (select count(distinct c.id) from concluded c where c.is_by_hand),
         (select string_agg(d.name, '; ' order by d.created_at, d.id)
            from (select distinct c.id, c.name, c.created_at from concluded c where c.counted <> 'no_data' and (c.verdict).result <> c.counted) d)
    into rows, results, by_hand, disputed;
  return report_json('programme-attainment', 'Thực hiện chỉ tiêu: ' || parent.name, q, 'Chỉ tiêu', attainment_columns(), rows, '{}',
    attainment_indicators(results, by_hand),
    array_remove(array['Thực hiện: cộng kết quả của các đề án thuộc ' || case when q.annual_plan_id is null then 'chương trình' else 'kế hoạch' end
        || '; chỉ tiêu thời điểm lấy số của năm gần nhất.',
      case when by_hand > 0 then 'Chỉ tiêu chưa có số liệu được kết luận theo văn bản ghi ở cột cuối.' end,
      'Kết luận tay khác số liệu: ' || disputed], null),
    array['attained_percent'], records_url('/v1/projects', projects_filters(q)));
end
$$;

COMMENT ON FUNCTION public.report_programme_attainment(q public.report_question) IS 'R5: each measure of each target, planned and actual, with the pace, the result and the latest verdict by hand.';

CREATE FUNCTION public.report_progress_table(asked public.report_question) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
  q constant report_question := report_year(asked);
  day constant date := basis_date(q.geo_basis);
  rows json;
  totals jsonb;
begin
  perform report_length_checked((select count(*) from planned_projects(q)), 'progress-table');
  with listed as materialized (
    select p.id, p.name, coalesce(m.former_label, former_name(p, day)) as place, (select o.name from organisation o where o.id = p.implementer_id) as implementer,
           (select s.label_vi from record_status s where s.record_type = 'project' and s.status = p.status) as status,
           assigned_baseline_vnd(p.id, q.year) as baseline, assigned_vnd(p.id, q.year) as assigned, (money.sums).contracted, (money.sums).advanced,
           (money.sums).paid - (money.sums).recovered as disbursed, r.percent_done, r.difficulties, r.request
      from planned_projects(q) p
      left join label_map(q) m on m.code = p.province_code and p.codes_on between m.valid_from and m.valid_to
     cross join lateral (select money_of(p.id, of_year => q.year) as sums) money
      left join lateral (
        select round(r.percent_done, 1) as percent_done, r.request,
               (select string_agg(d ->> 'description', '; ') from jsonb_array_elements(r.difficulties) d) as difficulties
          from progress_report r
         where r.project_id = p.id and r.deleted_at is null and r.status in ('submitted', 'confirmed') and r."to" <= q."to"
         order by r."to" desc, r.id desc limit 1) r on true
  )
  select (select json_agg(report_row(l.id::text, l.name, jsonb_build_object('implementer', l.implementer, 'place', l.place, 'baseline_vnd', l.baseline, 'assigned_vnd', l.assigned,
                   'contracted_vnd', l.contracted, 'advanced_vnd', l.advanced, 'disbursed_vnd', l.disbursed, 'disbursed_percent', percent_of(l.disbursed, l.assigned), 'done_percent', l.percent_done,
                   'difficulties', left(l.difficulties, 30000), 'request', left(l.request, 30000), 'status', l.status),
                   '/v1/ledger-entries?project_id=' || l.id || '&year=' || q.year) order by l.implementer collate vietnamese nulls last, l.name collate vietnamese, l.id)
            from listed l),
         (select jsonb_build_object('baseline_vnd', coalesce(sum(l.baseline), 0), 'assigned_vnd', coalesce(sum(l.assigned), 0), 'contracted_vnd', coalesce(sum(l.contracted), 0),
                   'advanced_vnd', coalesce(sum(l.advanced), 0), 'disbursed_vnd', coalesce(sum(l.disbursed), 0), 'disbursed_percent', percent_of(sum(l.disbursed), sum(l.assigned)))
            from listed l)
    into rows, totals;
  return report_json('progress-table', 'Tiến độ thực hiện kế hoạch khuyến công năm ' || q.year, q, 'Tên đề án',
    json_build_array(report_text_column('implementer', 'Đơn vị thực hiện', 'Implementer'), report_text_column('place', 'Địa bàn', 'Province'),
      report_column('baseline_vnd', 'Giao đầu năm', 'Assigned at first', 'vnd'), report_column('assigned_vnd', 'Giao sau điều chỉnh', 'Assigned now', 'vnd'),
      report_column('contracted_vnd', 'Hợp đồng', 'Contracted', 'vnd'), report_column('advanced_vnd', 'Tạm ứng', 'Advanced', 'vnd'),
      report_column('disbursed_vnd', 'Giải ngân', 'Paid less recovered', 'vnd'), report_column('disbursed_percent', 'Tỷ lệ giải ngân', 'Share paid', 'percent', false),
      report_column('done_percent', 'Khối lượng', 'Work done', 'percent', false), report_text_column('difficulties', 'Vướng mắc', 'Difficulties'),
      report_text_column('request', 'Đề nghị', 'Requests'), report_text_column('status', 'Trạng thái', 'State')),
    rows, totals, plan_year_indicators(q), array['Khối lượng, vướng mắc, đề nghị: theo báo cáo tiến độ gần nhất đã nộp.', 'Giải ngân: tạm ứng và thanh toán trừ thu hồi, của năm; tỷ lệ trên kinh phí giao sau điều chỉnh.'], '{}', records_url('/v1/projects', year_filters(q)));
end
$$;

COMMENT ON FUNCTION public.report_progress_table(asked public.report_question) IS 'R2: what was assigned, promised and paid in a year, project by project; each row leads to its ledger.';

CREATE FUNCTION public.report_projects(q public.report_question) RETURNS SETOF public.project
    LANGUAGE sql STABLE
    AS $$
  select p.*
    from project p
    left join wanted_map(q) m on m.code = p.province_code and p.codes_on between m.valid_from and m.valid_to
   where (p.province_code = any (q.provinces) or p.organisation_id = q.own_organisation or p.implementer_id = q.own_organisation)
     and p.deleted_at is null
     and p.starts_on between q."from" and q."to"
     and (q.level is null or p.level = q.level)
     and (q.scale is null or coalesce(p.scale, 'none') = any (q.scale))
     and (q.status is null or p.status = any (q.status))
     and (q.programme_id is null or p.programme_id = q.programme_id)
     and (q.annual_plan_id is null or project_in_plan(p.id, q.annual_plan_id))
     and (q.activity_code is null or project_activities(p.id) && q.activity_code)
     and (q.source is null or project_sources(p.id) && q.source)
     and (q.province_code is null or p.province_code = any (provinces_reaching(q.province_code)))
     and (q.province_code is null and q.region_code is null
          or coalesce(m.is_wanted, project_wanted(p.province_code, p.codes_on, p.places, q)))
$$;

COMMENT ON FUNCTION public.report_projects(q public.report_question) IS 'The projects that a report counts: those that start within the period, on whatever map, as listProjects gives them.';

CREATE FUNCTION public.report_province(p public.project, q public.report_question) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select report_label('province', project_province(p.province_code, p.codes_on, p.places, basis_date(q.geo_basis)), basis_date(q.geo_basis))
$$;

CREATE FUNCTION public.report_provinces(q public.report_question) RETURNS TABLE(key text, region_code text)
    LANGUAGE plpgsql STABLE
    AS $$
declare
  day constant date := basis_date(q.geo_basis);
  first_day constant date := q."from";
  last_day constant date := least(q."to", today());
begin
  return query
    select distinct on (u.key) u.key, coalesce(m.region_code, 'none')
      from (select case when day is null then recorded_province(a.code, a.valid_from) else a.code end as key, a.*
              from admin_unit a
             where a.tier = 'province' and a.code = any (q.provinces)
               and case when day is null then a.assumed_from <= last_day and coalesce(a.valid_to, 'infinity') >= first_day
                        else day between a.assumed_from and coalesce(a.valid_to, 'infinity') end) u
      left join (region_member m join region r on r.code = m.region_code and r.scheme = 'promotion')
        on m.province_code = u.code
           and coalesce(day, least(last_day, coalesce(u.valid_to, 'infinity'))) between m.valid_from and coalesce(m.valid_to, 'infinity')
     where (q.province_code is null or u.key = any (q.province_code) or left(u.key, 2) = any (q.province_code))
       and (q.region_code is null or exists (
             select from region_member w
              where w.region_code = any (q.region_code) and w.province_code = u.code
                and coalesce(day, least(last_day, coalesce(u.valid_to, 'infinity'))) between w.valid_from and coalesce(w.valid_to, 'infinity')))
     order by u.key, u.valid_from;
end
$$;

COMMENT ON FUNCTION public.report_provinces(q public.report_question) IS 'Provinces of the map, or of the period where each project keeps its own, that the question asks for and the caller may ask about.';

CREATE FUNCTION public.report_provinces_without_key_project(q public.report_question) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
  rows json;
  totals jsonb;
  figures record;
begin
  with counted as materialized (
    select c.key, count(*) as projects, count(*) filter (where (c.p).scale = 'group') as groups, count(*) filter (where (c.p).scale = 'key') as keys,
           coalesce(sum((c.p).support_vnd), 0)::bigint as support
      from placed_projects(q) c group by 1
  ), listed as materialized (
    select k.key, k.region_code, coalesce(c.projects, 0) as projects, coalesce(c.groups, 0) as groups, coalesce(c.keys, 0) as keys, coalesce(c.support, 0) as support
      from province_keys(q, array(select key from counted)) k left join counted c on c.key = k.key
  )
  select (select json_agg(report_row(nullif(l.key, 'none'), province_label(l.key, q),
                   jsonb_build_object('region', region_label(l.region_code), 'project_count', l.projects, 'group_count', l.groups, 'support_vnd', l.support),
                   province_url(l.key, projects_filters(q))) order by region_label(l.region_code) collate vietnamese, province_label(l.key, q) collate vietnamese, l.key)
            from listed l where l.keys = 0),
         (select jsonb_build_object('project_count', coalesce(sum(l.projects), 0), 'group_count', coalesce(sum(l.groups), 0), 'support_vnd', coalesce(sum(l.support), 0))
            from listed l where l.keys = 0)
    into rows, totals;
  select count(*) filter (where k.key is not null) as provinces into figures from report_provinces(q) k;
  return report_json('provinces-without-key-project', 'Địa phương chưa có đề án điểm', q, 'Tỉnh, thành phố',
    json_build_array(report_text_column('region', 'Khu vực', 'Region'), report_column('project_count', 'Số đề án', 'Projects'),
      report_column('group_count', 'Đề án nhóm', 'Group projects'), report_column('support_vnd', 'Kinh phí hỗ trợ', 'Support', 'vnd')),
    rows, totals,
    json_build_array(
      report_indicator('provinces', 'Số địa phương', 'Provinces', 'Số tỉnh, thành phố trên bản đồ', figures.provinces),
      report_indicator('without_key_project', 'Số địa phương chưa có đề án điểm', 'Without a key project', 'Số tỉnh, thành phố không có đề án điểm bắt đầu trong kỳ', coalesce(json_array_length(rows), 0))),
    '{}', '{}', null);
end
$$;

CREATE FUNCTION public.report_question(given jsonb, provinces text[], own_organisation uuid) RETURNS public.report_question
    LANGUAGE plpgsql STABLE
    AS $$
declare
  q report_question := jsonb_populate_record(null::report_question, given);
begin
  q."from" := coalesce(q."from", '1900-01-01');
  q."to" := coalesce(q."to", '2100-12-31');
  q.geo_basis := coalesce(q.geo_basis, 'as_recorded');
  q.provinces := report_question.provinces;
  q.own_organisation := report_question.own_organisation;
  perform period_checked(q."from", q."to");
  perform basis_date(q.geo_basis);
  q.province_code := provinces_wanted(q.province_code);
  return q;
end
$$;

COMMENT ON FUNCTION public.report_question(given jsonb, provinces text[], own_organisation uuid) IS 'What was asked, with defaults; refused where a period ends before it begins or a day is none.';

CREATE FUNCTION public.report_region_places() RETURNS TABLE(code text, place bigint)
    LANGUAGE sql STABLE
    AS $$
  select r.code, row_number() over (order by r.name collate vietnamese) from region r
$$;

CREATE FUNCTION public.report_region_summary(q public.report_question) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  with map as materialized (
    select basis_date(q.geo_basis) as day
  ), counted as materialized (
    select t.*, pt.baseline_count, pt.assigned_count, pt.baseline_vnd, pt.assigned_vnd, coalesce(mt.disbursed_vnd, 0) as disbursed_vnd
      from (select t.province_code, t.codes_on, t.places,
                   sum(t.project_count)::bigint as project_count, sum(t.project_count) filter (where t.level = 'national')::bigint as national_count,
                   sum(t.project_count) filter (where t.level = 'local')::bigint as local_count,
                   coalesce(sum(t.project_count) filter (where t.scale = 'group'), 0)::bigint as group_count,
                   coalesce(sum(t.project_count) filter (where t.scale = 'key'), 0)::bigint as key_count,
                   sum(t.accepted_count)::bigint as accepted_count, sum(t.stopped_count)::bigint as stopped_count,
                   sum(t.contracted_count)::bigint as contracted_count, sum(t.in_progress_count)::bigint as in_progress_count,
                   sum(t.settled_count)::bigint as settled_count, sum(t.total_cost_vnd)::bigint as total_cost_vnd,
                   sum(t.support_vnd)::bigint as support_vnd, sum(t.support_vnd) filter (where t.level = 'national')::bigint as national_support_vnd,
                   sum(t.support_vnd) filter (where t.level = 'local')::bigint as local_support_vnd,
                   sum(t.support_vnd) filter (where t.scale in ('group', 'key'))::bigint as group_key_support_vnd,
                   sum(t.counterpart_vnd)::bigint as counterpart_vnd
              from project_tally(q) t
             group by t.province_code, t.codes_on, t.places) t
      left join (select pt.province_code, pt.codes_on, pt.places, sum(pt.baseline_count)::bigint as baseline_count,
                        sum(pt.assigned_count)::bigint as assigned_count, sum(pt.baseline_vnd)::bigint as baseline_vnd,
                        sum(pt.assigned_vnd)::bigint as assigned_vnd
                   from plan_tally(q) pt group by 1, 2, 3) pt
        on (pt.province_code, pt.codes_on) = (t.province_code, t.codes_on) and pt.places is not distinct from t.places
      left join money_tally(q) mt
        on (mt.province_code, mt.codes_on) = (t.province_code, t.codes_on) and mt.places is not distinct from t.places
  ), placed as materialized (
    select project_province(c.province_code, c.codes_on, coalesce(c.places, '[]'), map.day) as key,
           project_region(c.province_code, c.codes_on, coalesce(c.places, '[]'), map.day) as region_code, c.*
      from counted c cross join map
     where (q.province_code is null or project_in_provinces(c.province_code, c.codes_on, coalesce(c.places, '[]'), map.day, q.province_code))
       and (q.region_code is null or project_in_regions(c.province_code, c.codes_on, coalesce(c.places, '[]'), map.day, q.region_code))
  ), listed as (
    select coalesce(p.key, k.key) as key, coalesce(k.region_code, p.region_code) as region_code,
           region_summary_values(p.project_count, p.national_count, p.local_count, p.group_count, p.key_count, p.accepted_count, p.stopped_count,
             p.total_cost_vnd, p.support_vnd, p.national_support_vnd, p.local_support_vnd, p.counterpart_vnd, p.baseline_vnd, p.assigned_vnd, p.disbursed_vnd) as figures
      from (select key, min(region_code) as region_code, sum(project_count)::bigint as project_count, sum(national_count)::bigint as national_count,
                   sum(local_count)::bigint as local_count, sum(group_count)::bigint as group_count, sum(key_count)::bigint as key_count,
                   sum(accepted_count)::bigint as accepted_count, sum(stopped_count)::bigint as stopped_count,
                   sum(total_cost_vnd)::bigint as total_cost_vnd, sum(support_vnd)::bigint as support_vnd,
                   sum(national_support_vnd)::bigint as national_support_vnd, sum(local_support_vnd)::bigint as local_support_vnd,
                   sum(counterpart_vnd)::bigint as counterpart_vnd, sum(baseline_vnd)::bigint as baseline_vnd, sum(assigned_vnd)::bigint as assigned_vnd,
                   sum(disbursed_vnd)::bigint as disbursed_vnd
              from placed group by key) p
      full join report_provinces(q) k on k.key = p.key
  ), total as (
    select coalesce(sum(project_count), 0)::bigint as projects, coalesce(sum(accepted_count), 0)::bigint as accepted, sum(stopped_count)::bigint as stopped,
           sum(contracted_count)::bigint as contracted, sum(in_progress_count)::bigint as in_progress, sum(settled_count)::bigint as settled,
           sum(group_count + key_count)::bigint as group_key, sum(group_key_support_vnd)::bigint as group_key_support,
           sum(support_vnd)::bigint as support, sum(national_support_vnd)::bigint as national_support, sum(local_support_vnd)::bigint as local_support,
           sum(counterpart_vnd)::bigint as counterpart, coalesce(sum(baseline_count), 0)::bigint as baseline_count,
           coalesce(sum(assigned_count), 0)::bigint as assigned_count, coalesce(sum(baseline_vnd), 0)::bigint as baseline,
           coalesce(sum(assigned_vnd), 0)::bigint as assigned, coalesce(sum(disbursed_vnd), 0)::bigint as disbursed,
           region_summary_values(sum(project_count)::bigint, sum(national_count)::bigint, sum(local_count)::bigint, sum(group_count)::bigint,
             sum(key_count)::bigint, sum(accepted_count)::bigint, sum(stopped_count)::bigint, sum(total_cost_vnd)::bigint, sum(support_vnd)::bigint,
             sum(national_support_vnd)::bigint, sum(local_support_vnd)::bigint, sum(counterpart_vnd)::bigint, sum(baseline_vnd)::bigint,
             sum(assigned_vnd)::bigint, sum(disbursed_vnd)::bigint) as figures
      from placed
  )
  select report_json('region-summary', 'Tổng hợp khuyến công theo địa bàn', q, 'Tỉnh, thành phố',
    json_build_array(
      report_text_column('region', 'Khu vực', 'Region'),
      report_column('project_count', 'Số đề án', 'Projects'), report_column('national_count', 'Đề án KCQG', 'National projects'),
      report_column('local_count', 'Đề án KCĐP', 'Local projects'), report_column('group_count', 'Đề án nhóm', 'Group projects'),
      report_column('key_count', 'Đề án điểm', 'Key projects'), report_column('accepted_count', 'Đã nghiệm thu', 'Accepted'),
      report_column('stopped_count', 'Ngừng', 'Stopped'), report_column('total_cost_vnd', 'Tổng kinh phí', 'Total cost', 'vnd'),
      report_column('support_vnd', 'Kinh phí hỗ trợ', 'Support', 'vnd'), report_column('national_support_vnd', 'Hỗ trợ KCQG', 'National support', 'vnd'),
      report_column('local_support_vnd', 'Hỗ trợ KCĐP', 'Local support', 'vnd'), report_column('counterpart_vnd', 'Đối ứng', 'Counterpart', 'vnd'),
      report_column('baseline_vnd', 'Giao đầu năm', 'Assigned at first', 'vnd'), report_column('assigned_vnd', 'Giao sau điều chỉnh', 'Assigned now', 'vnd'),
      report_column('disbursed_vnd', 'Giải ngân', 'Paid less recovered', 'vnd'),
      report_column('disbursed_percent', 'Tỷ lệ giải ngân', 'Share paid', 'percent', false),
      report_column('accepted_percent', 'Tỷ lệ nghiệm thu', 'Share accepted', 'percent', false),
      report_column('stopped_percent', 'Tỷ lệ ngừng', 'Share stopped', 'percent', false),
      report_column('group_key_percent', 'Tỷ lệ đề án nhóm, điểm', 'Share of group and key projects', 'percent', false)),
    (select json_agg(report_row(nullif(l.key, 'none'), report_label('province', l.key, map.day), l.figures || jsonb_build_object('region', region_label(l.region_code)),
                       u.url, jsonb_build_object('national_count', u.url || '&level=national', 'local_count', u.url || '&level=local',
                         'group_count', u.url || '&scale=group', 'key_count', u.url || '&scale=key', 'stopped_count', u.url || '&status=stopped',
                         'accepted_count', u.url || '&accepted_by=' || least(q."to", today())) - taken_urls(q))
                     order by l.key = 'none', (select min(r.place) from report_region_places() r where r.code = l.region_code), report_label('province', l.key, map.day) collate vietnamese, l.key)
       from listed l cross join map
      cross join lateral (select records_url('/v1/projects', projects_filters(q) || jsonb_build_object('province_code', l.key)) as url) u),
    (select t.figures from total t),
    (select json_build_array(
      report_indicator('projects_assigned_baseline', 'Số đề án được giao đầu năm', 'Projects assigned at first', 'Số đề án trong kế hoạch khi giao', t.baseline_count, 'project'),
      report_indicator('projects_assigned', 'Số đề án được giao sau điều chỉnh', 'Projects assigned now', 'Số đề án trong kế hoạch hiện hành, không kể đề án ngừng', t.assigned_count, 'project'),
      report_indicator('projects_contracted', 'Đã ký hợp đồng', 'Contracted', 'Số đề án ở trạng thái đã ký hợp đồng', coalesce(t.contracted, 0), 'project'),
      report_indicator('projects_in_progress', 'Đang thực hiện', 'In progress', 'Số đề án đang thực hiện hoặc đề nghị nghiệm thu', coalesce(t.in_progress, 0), 'project'),
      report_indicator('projects_accepted', 'Đã nghiệm thu', 'Accepted', 'Số đề án nghiệm thu đến hết kỳ', t.accepted, 'project'),
      report_indicator('projects_settled', 'Đã quyết toán', 'Settled', 'Số đề án đã quyết toán hoặc kết thúc', coalesce(t.settled, 0), 'project'),
      report_indicator('projects_stopped', 'Ngừng thực hiện', 'Stopped', 'Số đề án ngừng', coalesce(t.stopped, 0), 'project'),
      report_indicator('completion_rate', 'Tỷ lệ hoàn thành', 'Completion rate', 'Đã nghiệm thu / được giao sau điều chỉnh × 100', percent_of(t.accepted, t.assigned_count), 'percent'),
      report_indicator('completion_rate_baseline', 'Tỷ lệ hoàn thành so với giao đầu năm', 'Completion rate against the first plan', 'Đã nghiệm thu / được giao đầu năm × 100', percent_of(t.accepted, t.baseline_count), 'percent'),
      report_indicator('budget_assigned', 'Kinh phí giao đầu năm', 'Budget assigned', 'Tổng hỗ trợ theo quyết định giao kế hoạch', t.baseline, 'vnd'),
      report_indicator('budget_adjusted', 'Kinh phí giao sau điều chỉnh', 'Budget after adjustments', 'Tổng hỗ trợ theo kế hoạch hiện hành', t.assigned, 'vnd'),
      report_indicator('budget_disbursed', 'Kinh phí giải ngân', 'Paid less recovered', 'Tạm ứng và thanh toán trừ thu hồi', t.disbursed, 'vnd'),
      report_indicator('disbursement_rate', 'Tỷ lệ giải ngân', 'Share paid', '(Đã chi − thu hồi) / kinh phí giao sau điều chỉnh × 100', percent_of(t.disbursed, t.assigned), 'percent'),
      report_indicator('counterpart_mobilised', 'Vốn đối ứng huy động', 'Counterpart', 'Tổng đối ứng của các đề án', coalesce(t.counterpart, 0), 'vnd'),
      report_indicator('leverage', 'Tỷ lệ đối ứng trên hỗ trợ', 'Leverage', 'Đối ứng / hỗ trợ', round(t.counterpart::numeric / nullif(t.support, 0), 2)),
      report_indicator('avg_support_per_project', 'Hỗ trợ bình quân một đề án', 'Mean support', 'Hỗ trợ / số đề án', round(t.support::numeric / nullif(t.projects, 0)), 'vnd'),
      report_indicator('share_group_key_count', 'Tỷ lệ đề án nhóm, điểm', 'Share of group and key projects', 'Số đề án nhóm và điểm / số đề án × 100', percent_of(t.group_key, t.projects), 'percent'),
      report_indicator('share_group_key_money', 'Tỷ lệ hỗ trợ cho đề án nhóm, điểm', 'Share of their support', 'Hỗ trợ đề án nhóm và điểm / hỗ trợ × 100', percent_of(coalesce(t.group_key_support, 0), t.support), 'percent'),
      report_indicator('local_vs_national_share', 'Hỗ trợ KCĐP so với KCQG', 'Local against national support', 'Hỗ trợ KCĐP / hỗ trợ KCQG × 100', percent_of(t.local_support, t.national_support), 'percent'),
      report_indicator('stopped_rate', 'Tỷ lệ ngừng', 'Stopped rate', 'Số đề án ngừng / số đề án × 100', percent_of(t.stopped, t.projects), 'percent'))
       from total t),
    array['Đề án điểm và các đề án năm thuộc đề án điểm được đếm riêng từng đề án.',
          'Kỳ xét theo ngày bắt đầu của đề án; kinh phí là của các đề án được đếm.'],
    array['national_support_vnd', 'local_support_vnd'],
    records_url('/v1/projects', projects_filters(q)))
$$;

COMMENT ON FUNCTION public.report_region_summary(q public.report_question) IS 'R4: a row for each province, also for one without a project.';

CREATE FUNCTION public.report_row(key text, label text, "values" jsonb, records_url text, value_urls jsonb DEFAULT '{}'::jsonb, kind text DEFAULT 'record'::text, measure_unit text DEFAULT NULL::text) RETURNS json
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select json_build_object('key', key, 'label', label, 'kind', kind, 'measure_unit', measure_unit, 'values', "values",
    'records_url', records_url, 'value_urls', value_urls)
$$;

CREATE FUNCTION public.report_snapshot_frozen() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if (new.report, new."from", new."to", new.geo_basis, new.filters, new.as_of, new.sha256, new.body)
     is distinct from (old.report, old."from", old."to", old.geo_basis, old.filters, old.as_of, old.sha256, old.body) then
    raise exception 'the body of a report that was frozen does not change';
  end if;
  if old.status = 'sent' then
    raise exception using errcode = 'PT409', message = 'guard-failed',
      detail = '[{"pointer": "#/sent_to_id", "code": "report_snapshot_sent"}]';
  end if;
  if new.sent_to_id is not null then
    new.status := 'sent';
    new.sent_on := today();
  end if;
  return new;
end
$$;

CREATE FUNCTION public.report_snapshot_json(s public.report_snapshot) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', s.id,
    'code', s.code,
    'version', s.version,
    'report', s.report,
    'title', s.body::json ->> 'title',
    'from', s."from",
    'to', s."to",
    'geo_basis', s.geo_basis,
    'filters', s.filters,
    'as_of', instant(s.as_of),
    'sha256', s.sha256,
    'size_bytes', octet_length(s.body),
    'content_url', '/v1/report-snapshots/' || s.id || '/content',
    'status', s.status,
    'sent_to_id', s.sent_to_id,
    'sent_on', s.sent_on,
    'organisation_id', s.organisation_id,
    'note', s.note,
    'created_at', instant(s.created_at),
    'created_by', s.created_by,
    'updated_at', instant(s.updated_at),
    'updated_by', s.updated_by)
$$;

CREATE FUNCTION public.report_stopped_projects(q public.report_question) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
  stopped_only constant report_question := with_status(q, '{stopped}');
begin
  return (
  with stopped as (
    select p, p.id, p.support_vnd, r.reason, coalesce(m.label, report_province(p, q)) as province
      from report_projects(stopped_only) p
      left join label_map(q) m on m.code = p.province_code and p.codes_on between m.valid_from and m.valid_to
     cross join lateral (select ending_reason(p.id, p.status) as reason) r
  ), counted as (
    select s.reason, count(*) as project_count, coalesce(sum(s.support_vnd), 0) as support_vnd,
           string_agg(distinct s.province, ', ' order by s.province) as provinces
      from stopped s group by s.reason
  )
  select report_json('stopped-projects', 'Đề án ngừng thực hiện theo lý do', q, 'Lý do',
    json_build_array(report_column('project_count', 'Số đề án', 'Projects'), report_column('support_vnd', 'Kinh phí hỗ trợ', 'Support', 'vnd'),
      report_text_column('provinces', 'Tỉnh, thành phố', 'Provinces')),
    (select json_agg(report_row(nullif(c.reason, 'none'), reason_label(c.reason),
              jsonb_build_object('project_count', c.project_count, 'support_vnd', c.support_vnd, 'provinces', c.provinces),
              records_url('/v1/projects', projects_filters(q) || jsonb_build_object('status', 'stopped', 'reason_code', c.reason)))
            order by c.project_count desc, c.reason)
       from counted c),
    (select jsonb_build_object('project_count', coalesce(sum(c.project_count), 0), 'support_vnd', coalesce(sum(c.support_vnd), 0)) from counted c),
    records_url => records_url('/v1/projects', projects_filters(q) || '{"status": "stopped"}')));
end
$$;

COMMENT ON FUNCTION public.report_stopped_projects(q public.report_question) IS 'Stopped projects that began within the period, by the reason of the act that stopped them.';

CREATE FUNCTION public.report_support_concentration(q public.report_question) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
  small constant bigint := coalesce(q.below_vnd, 100000000);
  rows json;
  totals jsonb;
begin
  with placed as materialized (
    select c.key, (c.p).support_vnd as support from placed_projects(q) c where (c.p).support_vnd is not null
  ), ranked as (
    select p.key, p.support, row_number() over (partition by p.key order by p.support desc) as n, count(*) over (partition by p.key) as of from placed p
    union all
    select '', p.support, row_number() over (order by p.support desc), count(*) over () from placed p
  ), measured as (
    select r.key, count(*) as projects, sum(r.support)::bigint as support, round(avg(r.support)) as mean, round(percentile_cont(0.5) within group (order by r.support)::numeric) as median,
           min(r.support) as least, max(r.support) as most, count(*) filter (where r.support < small) as small_count,
           coalesce(sum(r.support) filter (where r.support < small), 0)::bigint as small_support,
           sum(r.support) filter (where r.n <= ceil(r.of / 10.0))::bigint as top_support
      from ranked r group by 1
  ), figured as (
    select m.key, jsonb_build_object('project_count', m.projects, 'support_vnd', m.support, 'mean_vnd', m.mean, 'median_vnd', m.median, 'least_vnd', m.least, 'most_vnd', m.most,
             'small_count', m.small_count, 'small_support_vnd', m.small_support, 'small_percent', percent_of(m.small_count, m.projects), 'top_percent', percent_of(m.top_support, m.support)) as figures,
           m.small_count
      from measured m
  )
  select (select json_agg(report_row(nullif(f.key, 'none'), province_label(f.key, q), f.figures, province_url(f.key, projects_filters(q)))
                   order by f.key = 'none', province_label(f.key, q) collate vietnamese, f.key) from figured f where f.key <> ''),
         (select f.figures from figured f where f.key = '')
    into rows, totals;
  return report_json('support-concentration', 'Mức tập trung của kinh phí hỗ trợ', q, 'Tỉnh, thành phố',
    json_build_array(report_column('project_count', 'Số đề án có kinh phí hỗ trợ', 'Projects with support'), report_column('support_vnd', 'Kinh phí hỗ trợ', 'Support', 'vnd'),
      report_column('mean_vnd', 'Bình quân một đề án', 'Mean', 'vnd', false), report_column('median_vnd', 'Trung vị', 'Median', 'vnd', false),
      report_column('least_vnd', 'Nhỏ nhất', 'Least', 'vnd', false), report_column('most_vnd', 'Lớn nhất', 'Most', 'vnd', false),
      report_column('small_count', 'Đề án nhỏ', 'Small projects'), report_column('small_support_vnd', 'Hỗ trợ cho đề án nhỏ', 'Their support', 'vnd'),
      report_column('small_percent', 'Tỷ lệ đề án nhỏ', 'Share of small projects', 'percent', false),
      report_column('top_percent', 'Tỷ trọng của 10% đề án lớn nhất', 'Share of the largest tenth', 'percent', false)),
    rows, coalesce(totals, '{}'), '[]', array['Đề án nhỏ: hỗ trợ dưới ' || figure_vi(small, 'vnd') || ' triệu đồng.'], '{}', records_url('/v1/projects', projects_filters(q)));
end
$$;

COMMENT ON FUNCTION public.report_support_concentration(q public.report_question) IS 'How much support goes to few projects, and how many are small: projects whose support is known.';

CREATE FUNCTION public.report_text_column(key text, label_vi text, label_en text) RETURNS json
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select json_build_object('key', key, 'label_vi', label_vi, 'label_en', label_en, 'measure_unit', null, 'is_additive', false, 'is_text', true)
$$;

CREATE FUNCTION public.report_title(group_by text, starts date, ends date) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select 'Tổng hợp đề án khuyến công' || case group_by
           when 'level' then ' theo cấp kinh phí' when 'scale' then ' theo quy mô' when 'status' then ' theo trạng thái'
           when 'activity' then ' theo nội dung' when 'source' then ' theo nguồn kinh phí' when 'province' then ' theo tỉnh'
           when 'region' then ' theo khu vực' else '' end
         || ', từ ngày ' || to_char(starts, 'DD/MM/YYYY') || ' đến ngày ' || to_char(ends, 'DD/MM/YYYY')
$$;

CREATE FUNCTION public.report_voting_list(q public.report_question, of_tier text) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
declare
  day constant date := basis_date(q.geo_basis);
  filters constant jsonb := jsonb_build_object('year', q.year, 'tier', of_tier, 'province_code', to_jsonb(q.province_code), 'geo_basis', q.geo_basis);
  rows json;
  figures record;
begin
  with listed as materialized (
    select e, d.year, d.tier, coalesce(f.name, '') as producer, (select g.label_vi from voting_product_group g where g.code = e.product_group_code limit 1) as group_label,
           (select s.label_vi from record_status s where s.record_type = 'voting_entry' and s.status = e.status) as result
      from voting_entry e
      join voting_round d on d.id = e.round_id
      join establishment f on f.id = e.establishment_id
     where e.deleted_at is null and e.status <> 'withdrawn' and d.deleted_at is null
       and (q.year is null or d.year = q.year) and (of_tier is null or d.tier = of_tier)
       and make_date(d.year, 12, 31) >= q."from" and make_date(d.year, 1, 1) <= q."to"
       and (e.province_code = any (q.provinces) or e.organisation_id = q.own_organisation)
       and (q.province_code is null or project_in_provinces(e.province_code, e.codes_on, '[]', day, q.province_code))
       and (q.region_code is null or project_in_regions(e.province_code, e.codes_on, '[]', day, q.region_code))
  )
  select json_agg(report_row((l.e).code, (l.e).product_name, jsonb_build_object('producer', l.producer, 'product_group', l.group_label, 'score', (l.e).score,
           'rank', (l.e).rank, 'result', l.result, 'decision', (l.e).decision ->> 'document_no', 'prize_vnd', (l.e).prize_vnd,
           'province', admin_unit_name((l.e).province_code, (l.e).codes_on) ->> 'name', 'year', l.year), '/v1/voting/entries/' || (l.e).id)
           order by l.year, l.tier, (l.e).score desc nulls last, (l.e).product_name collate vietnamese, (l.e).id) as rows,
         count(*) as registered, count(*) filter (where (l.e).status = 'certified') as certified,
         count(distinct project_province((l.e).province_code, (l.e).codes_on, '[]', day)) as provinces,
         count(distinct (l.e).establishment_id) as establishments, coalesce(sum((l.e).prize_vnd), 0)::bigint as prizes
    into figures from listed l;
  rows := figures.rows;
  return report_json('voting-list', 'Danh sách sản phẩm bình chọn công nghiệp nông thôn tiêu biểu', q, 'Sản phẩm, bộ sản phẩm',
    json_build_array(report_text_column('producer', 'Cơ sở', 'Establishment'), report_text_column('product_group', 'Nhóm', 'Group'),
      report_column('score', 'Điểm', 'Score', null, false), report_column('rank', 'Hạng', 'Rank', null, false), report_text_column('result', 'Kết quả', 'Result'),
      report_text_column('decision', 'Quyết định', 'Decision'), report_column('prize_vnd', 'Tiền thưởng', 'Prize', 'vnd'),
      report_text_column('province', 'Tỉnh, thành phố', 'Province'), report_column('year', 'Năm', 'Year', null, false)),
    rows, jsonb_build_object('prize_vnd', figures.prizes),
    json_build_array(
      report_indicator('registered_count', 'Sản phẩm đăng ký', 'Entered', 'Đếm hồ sơ không rút', figures.registered),
      report_indicator('certified_count', 'Sản phẩm được chứng nhận', 'Certified', 'Đếm hồ sơ đã cấp giấy chứng nhận', figures.certified),
      report_indicator('certified_percent', 'Tỷ lệ được chứng nhận', 'Share certified', 'Được chứng nhận / đăng ký', percent_of(figures.certified, figures.registered), 'percent'),
      report_indicator('province_count', 'Số tỉnh, thành phố tham gia', 'Provinces', 'Đếm tỉnh, thành phố theo bản đồ', figures.provinces),
      report_indicator('establishment_count', 'Số cơ sở tham gia', 'Establishments', 'Đếm cơ sở', figures.establishments)),
    records_url => case when q.region_code is null then records_url('/v1/voting/entries', filters) end);
end
$$;

COMMENT ON FUNCTION public.report_voting_list(q public.report_question, of_tier text) IS 'Entries of the voting: product or set, establishment, group, score, result, decision.';

CREATE FUNCTION public.report_year(q public.report_question) RETURNS public.report_question
    LANGUAGE plpgsql STABLE
    AS $$
begin
  q.year := coalesce(q.year, extract(year from today()));
  return with_period(q, make_date(q.year, 1, 1), make_date(q.year, 12, 31));
end
$$;

CREATE FUNCTION public.reports_expected(p public.project, first_day date, last_day date) RETURNS TABLE(starts_on date, ends_on date, due_on date)
    LANGUAGE sql STABLE
    AS $$
  select s.starts_on, s.ends_on, s.due_on
    from generate_series(date_trunc('year', greatest(p.starts_on, first_day - 370))::timestamp, least(p.ends_on, last_day)::timestamp, '1 month') m (month)
   cross join lateral (select parameter_value('progress_report_months', m.month::date, p.level, p.province_code)::integer as months,
                              parameter_value('progress_report_due_day', m.month::date, p.level, p.province_code)::integer as due_day) rule
   cross join lateral (
     select m.month::date as starts_on, (m.month + make_interval(months => rule.months))::date - 1 as ends_on,
            (m.month + make_interval(months => rule.months - 1))::date + rule.due_day - 1 as due_on) s
   where rule.months > 0 and (extract(month from m.month)::integer - 1) % rule.months = 0
     and s.ends_on >= p.starts_on and s.due_on between first_day and last_day
$$;

COMMENT ON FUNCTION public.reports_expected(p public.project, first_day date, last_day date) IS 'By the parameters progress_report_months and progress_report_due_day (a day of the last month of the period); none where no parameter holds.';

CREATE FUNCTION public.representative_json(representative jsonb, is_owner boolean) RETURNS json
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
  return (
    select json_build_object(
      'full_name', case when is_owner then r.full_name else masked(r.full_name) end,
      'position', r.position,
      'id_no', case when is_owner then r.id_no else masked(r.id_no, 3) end)
      from jsonb_to_record(representative) r (full_name text, position text, id_no text)
     where representative is not null);
end
$$;

CREATE FUNCTION public.required_for_submit(of_type text, record jsonb, failed jsonb, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select coalesce(jsonb_agg(jsonb_build_object(
           'pointer', q.pointer,
           'code', coalesce(q.check_code, 'required'),
           'params', jsonb_build_object('member', jsonb_build_object('vi', q.label_vi, 'en', q.label_en))
                     || coalesce(failed -> q.check_code, '{}'),
           'legal_basis', q.legal_basis, 'certainty', q.certainty, 'enforcement', q.enforcement) order by q.place), '[]')
    from submit_requirement q
   where q.record_type = of_type and record @> q.applies_to
     and on_day >= q.valid_from and (q.valid_to is null or on_day <= q.valid_to)
     and case when q.member is null then failed ? q.check_code else is_blank(record -> q.member) end
$$;

COMMENT ON FUNCTION public.required_for_submit(of_type text, record jsonb, failed jsonb, on_day date) IS 'Faults by the rows of submit_requirement. `failed`: {check_code: params} of the checks that the record does not pass.';

CREATE FUNCTION public.result_label(result text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case result when 'exceeded' then 'Vượt' when 'met' then 'Đạt' when 'not_met' then 'Không đạt' else 'Chưa có số liệu' end
$$;

CREATE FUNCTION public.revise_norm(of_norm uuid, body jsonb, wanted_version bigint, own_organisation uuid) RETURNS TABLE(id uuid, version integer)
    LANGUAGE plpgsql
    AS $$
declare
  written record;
begin
  select * into written from revise_rule('norm', of_norm, body, wanted_version, own_organisation);
  if written.id is null then
    return;
  end if;
  if written.successor_id is not null or body ? 'territory' then
    perform write_territory(coalesce(written.successor_id, of_norm), coalesce(body -> 'territory', (
      select coalesce(jsonb_agg(to_jsonb(t)), '[]') from norm_territory t where t.norm_id = of_norm)));
  end if;
  perform refuse_faults(norm_row_faults(coalesce(written.successor_id, of_norm)));
  return query select written.id::uuid, written.version::integer;
end
$$;

CREATE FUNCTION public.revise_rule(of_table regclass, rule_id uuid, body jsonb, wanted_version bigint, own_organisation uuid, new_id uuid DEFAULT public.uuidv7()) RETURNS TABLE(id uuid, version integer, successor_id uuid)
    LANGUAGE plpgsql
    AS $_$
declare
  columns constant text := array_to_string(rule_columns(of_table), ', ');
  stored jsonb;
  changed jsonb;
  next integer;
begin
  execute format('select to_jsonb(r) from %s r where r.id = $1 for update', of_table) into stored using rule_id;
  if stored is null then
    return;
  end if;
  next := next_version((stored ->> 'version')::integer, wanted_version);
  changed := stored || rule_body(body);
  perform refuse_faults(rule_faults(stored, changed, body));
  -- Not yet in force, or only its last day: nothing was decided by what changes.
  if (stored ->> 'valid_from')::date > today() or body - '{valid_to,note}'::text[] = '{}' then
    execute format('update %1$s r set (%2$s) = (select %2$s from jsonb_populate_record(r, $2) b), version = $3 where r.id = $1', of_table, columns)
      using rule_id, changed, next;
    if stored ->> 'replaces_id' is not null and stored ->> 'valid_from' <> changed ->> 'valid_from' then
      execute format('update %s r set valid_to = $2, version = r.version + 1 where r.id = $1', of_table)
        using (stored ->> 'replaces_id')::uuid, (changed ->> 'valid_from')::date - 1;
    end if;
    return query select rule_id, next, null::uuid;
    return;
  end if;
  execute format('update %s r set valid_to = $2, version = $3 where r.id = $1', of_table)
    using rule_id, (changed ->> 'valid_from')::date - 1, next;
  perform insert_rule(of_table, changed || jsonb_build_object('id', new_id, 'replaces_id', rule_id, 'organisation_id', own_organisation));
  return query select rule_id, next, new_id;
end
$_$;

COMMENT ON FUNCTION public.revise_rule(of_table regclass, rule_id uuid, body jsonb, wanted_version bigint, own_organisation uuid, new_id uuid) IS 'Writes over a row that is not in force yet, or ends a row by its date; any other change ends the row on the day before valid_from and opens its successor.';

CREATE TABLE public.revocation_ground (
    code text NOT NULL,
    scheme text,
    place integer NOT NULL,
    label_vi text NOT NULL,
    label_en text NOT NULL,
    legal_basis text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    certainty text NOT NULL,
    enforcement text NOT NULL,
    note text,
    CONSTRAINT revocation_ground_certainty_known CHECK ((certainty = ANY (ARRAY['verified'::text, 'second_hand'::text, 'uncertain'::text]))),
    CONSTRAINT revocation_ground_ends_after_starts CHECK ((valid_to >= valid_from)),
    CONSTRAINT revocation_ground_enforcement_known CHECK ((enforcement = ANY (ARRAY['block'::text, 'warn'::text]))),
    CONSTRAINT revocation_ground_scheme_known CHECK ((scheme = ANY (ARRAY['ocop'::text, 'voting'::text])))
);

ALTER TABLE ONLY public.revocation_ground FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.revocation_ground IS 'On what grounds a certificate is revoked; loaded from db/reference/revocation_grounds.csv.';

COMMENT ON COLUMN public.revocation_ground.scheme IS 'Whose certificates; null: both.';

CREATE FUNCTION public.revocation_ground_json(g public.revocation_ground) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('code', g.code, 'scheme', g.scheme, 'label_vi', g.label_vi, 'label_en', g.label_en, 'legal_basis', g.legal_basis,
    'valid_from', g.valid_from, 'valid_to', g.valid_to, 'certainty', g.certainty, 'enforcement', g.enforcement, 'note', g.note)
$$;

CREATE FUNCTION public.revocation_json(revocation jsonb) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('ground_code', revocation ->> 'ground_code',
    'label_vi', coalesce(g.label_vi, revocation ->> 'ground_code'), 'label_en', coalesce(g.label_en, revocation ->> 'ground_code'),
    'revoked_on', revocation ->> 'revoked_on', 'documents', documents_json(coalesce(nullif(revocation -> 'documents', 'null'), '[]')))
    from (select) one
    left join revocation_ground g on g.code = revocation ->> 'ground_code'
   where revocation is not null
$$;

CREATE FUNCTION public.risk_label(risk text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case risk when 'on_track' then 'Đúng tiến độ' when 'at_risk' then 'Có nguy cơ chậm' when 'late' then 'Chậm' when 'blocked' then 'Vướng mắc' end
$$;

CREATE TABLE public.role_assignment (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    user_id uuid NOT NULL,
    role text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    CONSTRAINT role_assignment_role_known CHECK ((role = ANY (ARRAY['establishment_user'::text, 'centre_officer'::text, 'department_officer'::text, 'department_leader'::text, 'agriculture_officer'::text, 'finance_officer'::text, 'provincial_leader'::text, 'commune_officer'::text, 'bureau_officer'::text, 'bureau_leader'::text, 'ministry_leader'::text, 'council_chair'::text, 'council_secretary'::text, 'council_member'::text, 'jury_member'::text, 'advisory_member'::text, 'partner'::text, 'auditor'::text, 'reference_admin'::text, 'access_admin'::text]))),
    CONSTRAINT role_assignment_valid_to_order CHECK ((valid_to >= valid_from))
);

ALTER TABLE ONLY public.role_assignment FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.role_assignment IS 'Which person has which role, where and when. What it is about never changes, only its term: another role is another row.';

COMMENT ON COLUMN public.role_assignment.organisation_id IS 'For which organisation the person acts in the role; mostly his own.';

COMMENT ON COLUMN public.role_assignment.province_code IS 'The person acts for this province alone; null: for the whole territory of his organisation.';

COMMENT ON COLUMN public.role_assignment.valid_from IS 'First day.';

COMMENT ON COLUMN public.role_assignment.valid_to IS 'Last day, inclusive; null: until further notice.';

CREATE FUNCTION public.role_assignment_json(a public.role_assignment) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', a.id, 'version', a.version, 'user_id', a.user_id, 'role', a.role,
    'organisation_id', a.organisation_id, 'province_code', a.province_code, 'valid_from', a.valid_from, 'valid_to', a.valid_to,
    'note', a.note, 'created_at', instant(a.created_at), 'created_by', a.created_by,
    'updated_at', instant(a.updated_at), 'updated_by', a.updated_by)
$$;

CREATE FUNCTION public.role_fits(role text, tier text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when role in ('bureau_officer', 'bureau_leader', 'ministry_leader') then tier = 'central'
    when role in ('department_officer', 'department_leader', 'provincial_leader') then tier = 'province'
    when role = 'commune_officer' then tier = 'commune'
    else true
  end
$$;

COMMENT ON FUNCTION public.role_fits(role text, tier text) IS 'Can a body of this tier have such a role? Else a province could make leaders of the ministry.';

CREATE FUNCTION public.role_taken(rule public.transition_rule) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select role
    from unnest(acting_roles()) with ordinality mine (role, n)
   where rule.roles = '{}' or role = any (rule.roles)
   order by n
   limit 1
$$;

COMMENT ON FUNCTION public.role_taken(rule public.transition_rule) IS 'The role that let the person act.';

CREATE FUNCTION public.roles_of(of_user uuid, own_organisation uuid, provinces text[]) RETURNS SETOF public.role_assignment
    LANGUAGE sql STABLE
    AS $$
  select a.*
    from role_assignment a
    join organisation o on o.id = a.organisation_id and o.deleted_at is null
   where a.user_id = of_user and a.deleted_at is null
     and today() >= a.valid_from and (a.valid_to is null or today() <= a.valid_to)
     and manages_users_of(a.organisation_id, own_organisation, provinces)
$$;

COMMENT ON FUNCTION public.roles_of(of_user uuid, own_organisation uuid, provinces text[]) IS 'Roles of a person today, as far as a client of this organisation may speak of them.';

CREATE FUNCTION public.root_activity(code text) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
declare
  above text := root_activity.code;
  found_code text := root_activity.code;
begin
  while above is not null loop -- parents are roots today; a circle cannot be loaded
    found_code := above;
    above := (select a.parent_code from activity a where a.code = found_code and a.parent_code is not null limit 1);
  end loop;
  return found_code;
end
$$;

COMMENT ON FUNCTION public.root_activity(code text) IS 'The group KC1 … KC9 of an activity; itself where it belongs to none.';

CREATE FUNCTION public.rows_checked(rows json, report text) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
begin
  -- Subtotals are not counted: a report that was let in by its records is not refused for them.
  if json_array_length(rows) > report_most_rows() then
    perform report_length_checked((select count(*) from json_array_elements(rows) r where r ->> 'kind' = 'record'), report);
  end if;
  return rows;
end
$$;

CREATE FUNCTION public.rule_body(body jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
  select case when jsonb_typeof(body -> 'legal_basis') = 'object'
    then body - 'legal_basis' || jsonb_build_object('legal_document_no', body #> '{legal_basis,document_no}', 'legal_article', body #> '{legal_basis,article}')
    else body end
$$;

COMMENT ON FUNCTION public.rule_body(body jsonb) IS 'A body by the names of the columns.';

CREATE FUNCTION public.rule_columns(of_table regclass) RETURNS text[]
    LANGUAGE sql STABLE
    AS $$
  select array_agg(quote_ident(a.attname) order by a.attnum)
    from pg_attribute a
   where a.attrelid = of_table and a.attnum > 0 and not a.attisdropped
     and a.attname not in ('id', 'version', 'origin', 'replaces_id', 'organisation_id', 'created_at', 'created_by', 'updated_at', 'updated_by')
$$;

COMMENT ON FUNCTION public.rule_columns(of_table regclass) IS 'What a rule says, without what is kept about the row.';

CREATE FUNCTION public.rule_faults(stored jsonb, changed jsonb, body jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  with days as (
    select (stored ->> 'valid_from')::date as stored_from, (stored ->> 'valid_to')::date as stored_to,
           (changed ->> 'valid_from')::date as changed_from, (changed ->> 'valid_to')::date as changed_to,
           stored ->> 'valid_from' is null or (stored ->> 'valid_from')::date <= today() as is_used,
           body - '{valid_to,note}'::text[] = '{}' as is_ending
  )
  select fault_if(d.is_used and d.stored_to < today(), '#', 'rule_over', jsonb_build_object('valid_to', d.stored_to))
      || fault_if(d.is_used and d.is_ending and d.changed_to < today(), '#/valid_to', 'rule_day_past', jsonb_build_object('today', today()))
      || fault_if(d.is_used and not d.is_ending and body ->> 'valid_from' is null, '#/valid_from', 'rule_from_given')
      || fault_if(not d.is_ending and body ->> 'valid_from' is not null
                    and (d.changed_from < today() or d.is_used and d.changed_from <= coalesce(d.stored_from, '-infinity')),
                  '#/valid_from', 'rule_day_past', jsonb_build_object('today', today()))
      || fault_if(d.is_used and not d.is_ending and body ->> 'valid_from' is not null and d.changed_from > d.stored_to + 1,
                  '#/valid_from', 'rule_gap', jsonb_build_object('valid_to', d.stored_to))
    from days d
$$;

CREATE FUNCTION public.rule_json(of_table regclass, r jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $_$
declare
  successor uuid;
begin
  execute format('select s.id from %s s where s.replaces_id = $1', of_table) into successor using (r ->> 'id')::uuid;
  return jsonb_build_object('version', r -> 'version', 'origin', r -> 'origin', 'replaces_id', r -> 'replaces_id', 'replaced_by_id', successor,
    'organisation_id', r -> 'organisation_id', 'updated_at', instant((r ->> 'updated_at')::timestamptz), 'updated_by', r -> 'updated_by');
end
$_$;

COMMENT ON FUNCTION public.rule_json(of_table regclass, r jsonb) IS 'What is kept about a rule row, as every kind of them shows it.';

CREATE FUNCTION public.rule_of_act(act public.transition, record jsonb) RETURNS public.transition_rule
    LANGUAGE sql STABLE
    AS $$
  select r.* from rules_from(act.record_type, act.from_status, record, act.acted_on) r where r.action = act.action
$$;

CREATE FUNCTION public.rule_place() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
  on_day constant date := coalesce((to_jsonb(new) ->> 'codes_on')::date, new.valid_from);
begin
  if new.origin = 'release' then
    return new;
  end if;
  perform refuse_faults(
    case when new.province_code is null then '[]' else province_faults('#/province_code', new.province_code, on_day) end
    || coalesce((select jsonb_agg(fault order by listed.n)
                   from jsonb_array_elements_text(to_jsonb(new) -> 'admin_unit_codes') with ordinality listed (code, n),
                        jsonb_array_elements(fault_if(not exists (select from admin_unit_at(listed.code, on_day)),
                          '#/admin_unit_codes/' || listed.n - 1, 'unknown_admin_unit',
                          jsonb_build_object('code', listed.code, 'codes_on', on_day))) fault), '[]'));
  return new;
end
$$;

COMMENT ON FUNCTION public.rule_place() IS 'Units that a rule names are units of its day.';

CREATE FUNCTION public.rule_table(of_table text) RETURNS void
    LANGUAGE plpgsql
    AS $_$
begin
  execute format($ddl$
    alter table %1$I
      add column version integer not null default 1,
      add column origin text not null default 'release',
      add column replaces_id uuid constraint %2$I references %1$I on delete set null,
      add column organisation_id uuid constraint %3$I references organisation,
      add column created_at timestamptz not null default now(),
      add column created_by uuid,
      add column updated_at timestamptz not null default now(),
      add column updated_by uuid,
      add constraint %4$I check (origin in ('release', 'authority'));
    comment on column %1$I.origin is 'release: loaded with it, which may correct the row as long as nobody has changed it; authority: entered over the API.';
    comment on column %1$I.replaces_id is 'The row that this one took the place of, which ended on the day before.';
    comment on column %1$I.organisation_id is 'The body that entered the row; null: of the release.';
    create unique index %5$I on %1$I (replaces_id);
    create trigger stamp before insert or update on %1$I for each row execute function stamp_row();
    create trigger keep_history after insert or update or delete on %1$I for each row execute function keep_history();
    create policy added on %1$I for insert to kc_api with check (claim('app.tier') = 'central');
    create policy changed on %1$I for update to kc_api using (claim('app.tier') = 'central');
    grant insert, update on %1$I to kc_api;
  $ddl$, of_table, of_table || '_replaces_fkey', of_table || '_organisation_fkey', of_table || '_origin_known', of_table || '_replaces_key');
end
$_$;

COMMENT ON FUNCTION public.rule_table(of_table text) IS 'Makes a table of dated rows one that central bodies enter, confirm and end: versions, history, what replaced what.';

CREATE FUNCTION public.rules_from(of_type text, of_status text, record jsonb, on_day date) RETURNS SETOF public.transition_rule
    LANGUAGE sql STABLE
    AS $$
  select distinct on (r.action) r.*
    from transition_rule r
   where r.record_type = of_type and r.from_status = of_status and record @> r.applies_to
     and on_day >= r.valid_from and (r.valid_to is null or on_day <= r.valid_to)
   order by r.action, (select count(*) from jsonb_object_keys(r.applies_to)) desc, r.valid_from desc
$$;

COMMENT ON FUNCTION public.rules_from(of_type text, of_status text, record jsonb, on_day date) IS 'One rule for each act that leads on from a state on that day: the one that asks most of the record.';

CREATE FUNCTION public.run_import(of_id uuid, asked jsonb, given jsonb, provinces text[], own_organisation uuid, own_province text) RETURNS TABLE(id uuid, version integer)
    LANGUAGE plpgsql
    AS $$
declare
  most constant integer := 100; -- faults that a reply has room for
  of_year constant integer := asked ->> 'year';
  outcomes jsonb[] := '{}';
  faults jsonb := '[]';
  found_faults text;
  one record;
begin
  if of_year > extract(year from today()) then
    raise exception using errcode = 'PT400', message = 'invalid-parameter', detail = '[{"parameter": "year", "code": "import_year_past"}]';
  end if;
  if not programme_visible((asked ->> 'programme_id')::uuid, provinces, own_organisation) then
    raise exception using errcode = 'PT400', message = 'invalid-parameter', detail = '[{"parameter": "programme_id", "code": "unknown_reference"}]';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('import of ' || of_year, 0)); -- the same sheet sent twice at once
  perform refuse_repeated_rows(given -> 'rows');
  for one in select r.body, r.n::integer as n from jsonb_array_elements(given -> 'rows') with ordinality r (body, n) order by r.n loop
    begin
      outcomes := outcomes || past_outcome(one.body, one.n, asked, provinces, own_organisation, own_province, of_id);
    exception when sqlstate 'PT422' or sqlstate 'PT409' then
      get stacked diagnostics found_faults = pg_exception_detail;
      faults := faults || faults_of_row(found_faults::jsonb, one.n - 1);
      exit when jsonb_array_length(faults) >= most;
    end;
  end loop;
  perform refuse_faults(faults);
  return query
    insert into import (id, record_type, year, counts, rows, ignored_columns, skipped_rows, organisation_id, province_code)
    select of_id, 'project', of_year,
           jsonb_build_object('total', count(*), 'created', count(*) filter (where o ->> 'outcome' = 'created'),
             'updated', count(*) filter (where o ->> 'outcome' = 'updated'), 'unchanged', count(*) filter (where o ->> 'outcome' = 'unchanged')),
           jsonb_agg(o), array(select jsonb_array_elements_text(coalesce(given -> 'ignored_columns', '[]'))), coalesce(given -> 'skipped_rows', '[]'),
           own_organisation, own_province
      from unnest(outcomes) o
    returning import.id, import.version;
end
$$;

COMMENT ON FUNCTION public.run_import(of_id uuid, asked jsonb, given jsonb, provinces text[], own_organisation uuid, own_province text) IS 'All rows or none: 422 with what is wrong with each.';

CREATE FUNCTION public.same_list(one text, other text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select array(select with_marks(w) from unnest(listed_words(one)) w order by 1) = array(select with_marks(w) from unnest(listed_words(other)) w order by 1)
$$;

CREATE FUNCTION public.same_words(one text, other text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select with_marks(spaced(one)) = with_marks(spaced(other))
$$;

COMMENT ON FUNCTION public.same_words(one text, other text) IS 'The same but for case, spaces and where a tone is written.';

CREATE FUNCTION public.scope_to_read(of_type text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when of_type in ('programme', 'target') or of_type like 'plan%' or of_type like 'annual_plan%' then 'programmes:read'
    when of_type in ('allocation', 'contract', 'ledger_entry', 'payment_request', 'settlement') then 'finance:read'
    when of_type like 'ocop%' or of_type = 'certificate' then 'ocop:read'
    when of_type in ('establishment', 'organisation', 'product') then 'registry:read'
    else 'projects:read'
  end
$$;

COMMENT ON FUNCTION public.scope_to_read(of_type text) IS 'The scope that lets a caller read records of this type.';

CREATE FUNCTION public.scopes_of(held text[], roles text[]) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case when 'access_admin' = any (roles) then held else array_remove(held, 'access:manage') end
$$;

CREATE FUNCTION public.seal_file(of_file uuid, digest text) RETURNS TABLE(id uuid, version integer)
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
begin
  if (select f.sha256 from file f where f.id = of_file) <> digest then
    perform refuse('#/sha256', 'file_digest');
  end if;
  update file_content c set is_whole = true where c.id = of_file;
  return query
  update file f set status = 'complete', version = f.version + 1 where f.id = of_file and f.status = 'open'
  returning f.id, f.version;
end
$$;

COMMENT ON FUNCTION public.seal_file(of_file uuid, digest text) IS 'All bytes are there: with the declared digest the file is complete, else it stays open and says so.';

CREATE FUNCTION public.set_line_status(of_line uuid, wanted text, from_states text[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  update project_line l set status = wanted, version = l.version + 1 where l.id = of_line and l.status = any (from_states);
end
$$;

CREATE FUNCTION public.set_off(effects text[], of_id uuid, transition_id uuid, act jsonb, on_day date, prefix text DEFAULT 'effect_'::text) RETURNS void
    LANGUAGE plpgsql
    AS $_$
declare
  act_around constant text := current_setting('app.act', true);
  effect text;
begin
  perform set_config('app.act', of_id::text, true);
  foreach effect in array effects loop
    execute format('select %I($1, $2, $3, $4)', prefix || effect) using of_id, transition_id, act, on_day;
  end loop;
  perform set_config('app.act', coalesce(act_around, ''), true);
end
$_$;

CREATE FUNCTION public.settled_faults(c public.contract, more bigint) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    AS $$
declare
  s money_sums;
  settled_contracts bigint;
  payable bigint;
begin
  select sum(t.payable_vnd), sum(t.contracted_vnd) into payable, settled_contracts
    from settlement t
   where t.project_id = c.project_id and t.status = 'approved' and t.deleted_at is null and t.source = c.source
     and coalesce(t.line_id, c.line_id) is not distinct from c.line_id
  having bool_or(t.year = c.year);
  if payable is null then
    return '[]';
  end if;
  s := money_of(c.project_id, of_line => c.line_id, of_source => c.source);
  payable := payable + greatest(s.contracted - settled_contracts, 0);
  return guard_if(s.paid - s.recovered + more > payable, '#/amount_vnd', 'g3_paid_within_payable', 'G3', jsonb_build_object(
    'payable_vnd', payable, 'paid_vnd', s.paid + more, 'recovered_vnd', s.recovered));
end
$$;

COMMENT ON FUNCTION public.settled_faults(c public.contract, more bigint) IS 'Once a settlement is approved, no more goes out than it found payable, and what was contracted since.';

CREATE FUNCTION public.settlement_json(t public.settlement) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', t.id,
    'version', t.version,
    'status', t.status,
    'stage', stage_of('settlement', t.status),
    'allowed_actions', allowed_actions('settlement', t.status, claim('app.tier'), acting_roles(), to_jsonb(t)),
    'project_id', t.project_id,
    'line_id', t.line_id,
    'year', t.year,
    'source', t.source,
    'settled_on', t.settled_on,
    'eligible_cost_vnd', t.eligible_cost_vnd,
    'vouchers', t.vouchers,
    'norm_id', t.norm_id,
    'norm', (select json_build_object('code', n.code, 'percent_max', n.percent_max, 'cap_vnd', n.cap_vnd, 'legal_basis', norm_basis_json(n))
               from norm n where n.id = t.norm_id),
    'norm_limit_vnd', t.norm_limit_vnd,
    'contracted_vnd', t.contracted_vnd,
    'paid_vnd', t.paid_vnd,
    'payable_vnd', t.payable_vnd,
    'to_pay_vnd', t.to_pay_vnd,
    'to_recover_vnd', t.to_recover_vnd,
    'carried_over_vnd', t.carried_over_vnd,
    'organisation_id', t.organisation_id,
    'province_code', t.province_code,
    'origin', t.origin,
    'history_quality', t.history_quality,
    'note', t.note,
    'created_at', instant(t.created_at),
    'created_by', t.created_by,
    'updated_at', instant(t.updated_at),
    'updated_by', t.updated_by)
$$;

CREATE FUNCTION public.settlement_missing(t public.settlement, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select required_for_submit('settlement', to_jsonb(t), '{}', on_day)
$$;

CREATE FUNCTION public.settlement_rules() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if tg_op = 'UPDATE' and old.status in ('submitted', 'approved') and new.status = old.status then
    perform refuse_changed(to_jsonb(old), to_jsonb(new), array['note']);
  elsif tg_op = 'INSERT' or new.status <> 'reopened' or old.status <> 'approved' then
    perform refuse_faults(
      fault_if(new.settled_on > today(), '#/settled_on', 'date_in_future')
      || fault_if(new.line_id is not null and not exists (
           select from project_line l where l.id = new.line_id and l.project_id = new.project_id and l.deleted_at is null),
           '#/line_id', 'unknown_reference'));
    new := settlement_with_figures(new);
  end if;
  return new;
end
$$;

CREATE FUNCTION public.settlement_snapshot(of_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select frozen_part(settlement_json(t)) from settlement t where t.id = of_id
$$;

CREATE FUNCTION public.settlement_with_figures(t public.settlement) RETURNS public.settlement
    LANGUAGE plpgsql STABLE
    AS $$
declare
  line project_line;
  s money_sums;
begin
  line := line_to_settle(t);
  if line.id is null and exists (select from project_line l where l.project_id = t.project_id and l.deleted_at is null) then
    perform refuse('#/line_id', 'settlement_line_given');
  end if;
  s := money_of(t.project_id, t.line_id, null, t.year, t.source);
  select (l.norm).id, least(l.percent_limit, l.cap_limit) into t.norm_id, t.norm_limit_vnd
    from project p
   cross join norm_limits(jsonb_build_object('activity_code', line.activity_code, 'level', p.level,
                'eligible_cost_vnd', t.eligible_cost_vnd, 'is_technology_line', line.is_technology_line,
                'place', jsonb_build_object('province_code', p.province_code, 'codes_on', p.codes_on)), t.settled_on) l
   where p.id = t.project_id and l.is_counted and (l.norm).enforcement = 'block'
   order by least(l.percent_limit, l.cap_limit), (l.norm).code
   limit 1;
  t.contracted_vnd := s.contracted;
  t.paid_vnd := s.paid - s.recovered;
  t.payable_vnd := least(s.contracted, t.norm_limit_vnd, t.eligible_cost_vnd);
  t.to_pay_vnd := greatest(t.payable_vnd - t.paid_vnd, 0);
  t.to_recover_vnd := greatest(t.paid_vnd - t.payable_vnd, 0);
  return t;
end
$$;

COMMENT ON FUNCTION public.settlement_with_figures(t public.settlement) IS 'Payable is the least of contract, norm on the actual eligible cost (G3), and that cost; beside what is out already it says what to pay or to recover.';

CREATE FUNCTION public.sheet_points(points jsonb) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select sum((p ->> 'points')::numeric) from jsonb_array_elements(points) p
$$;

CREATE TABLE public.size_threshold (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    code text NOT NULL,
    sector_group text NOT NULL,
    size_class text NOT NULL,
    divisions text[] DEFAULT '{}'::text[] NOT NULL,
    employees_max integer NOT NULL,
    revenue_max_vnd bigint NOT NULL,
    capital_max_vnd bigint NOT NULL,
    legal_document_no text NOT NULL,
    legal_article text,
    valid_from date NOT NULL,
    valid_to date,
    certainty text NOT NULL,
    enforcement text NOT NULL,
    note text,
    version integer DEFAULT 1 NOT NULL,
    origin text DEFAULT 'release'::text NOT NULL,
    replaces_id uuid,
    organisation_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    CONSTRAINT size_threshold_certainty_known CHECK ((certainty = ANY (ARRAY['verified'::text, 'second_hand'::text, 'uncertain'::text]))),
    CONSTRAINT size_threshold_class_known CHECK ((size_class = ANY (ARRAY['micro'::text, 'small'::text, 'medium'::text]))),
    CONSTRAINT size_threshold_divisions_form CHECK ((array_to_string(divisions, ' '::text) ~ '^([0-9]{2}( |$))*$'::text)),
    CONSTRAINT size_threshold_ends_after_starts CHECK ((valid_to >= valid_from)),
    CONSTRAINT size_threshold_enforcement_known CHECK ((enforcement = ANY (ARRAY['block'::text, 'warn'::text]))),
    CONSTRAINT size_threshold_figures_range CHECK (((employees_max > 0) AND (revenue_max_vnd > 0) AND (capital_max_vnd > 0))),
    CONSTRAINT size_threshold_origin_known CHECK ((origin = ANY (ARRAY['release'::text, 'authority'::text]))),
    CONSTRAINT size_threshold_sector_known CHECK ((sector_group = ANY (ARRAY['agriculture_industry_construction'::text, 'trade_services'::text]))),
    CONSTRAINT size_threshold_uncertain_warns CHECK (((certainty <> 'uncertain'::text) OR (enforcement = 'warn'::text)))
);

ALTER TABLE ONLY public.size_threshold FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.size_threshold IS 'Up to what a firm is micro, small or medium (tiêu chí doanh nghiệp nhỏ và vừa), over time: so many employees, and either the revenue or the capital. Loaded from db/reference/size_thresholds.csv; authorities change it by new rows.';

COMMENT ON COLUMN public.size_threshold.divisions IS 'Divisions of VSIC to which the row applies; empty: all that no other row names.';

COMMENT ON COLUMN public.size_threshold.origin IS 'release: loaded with it, which may correct the row as long as nobody has changed it; authority: entered over the API.';

COMMENT ON COLUMN public.size_threshold.replaces_id IS 'The row that this one took the place of, which ended on the day before.';

COMMENT ON COLUMN public.size_threshold.organisation_id IS 'The body that entered the row; null: of the release.';

CREATE FUNCTION public.size_of(figures public.establishment_year, thresholds public.size_threshold[]) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
  with judged as (
    select t.size_class, t.employees_max,
           figures.employees_count <= t.employees_max
             and (figures.revenue_vnd <= t.revenue_max_vnd or figures.capital_vnd <= t.capital_max_vnd) as fits
      from unnest(thresholds) t
  )
  select case when exists (select from judged) and figures.id is not null then
    (select coalesce((
      -- The first class that is not ruled out; where figures are missing (null) it is not told either.
      select case when j.fits then j.size_class else '' end from judged j where j.fits is not false order by j.employees_max limit 1),
      'large')) end
$$;

COMMENT ON FUNCTION public.size_of(figures public.establishment_year, thresholds public.size_threshold[]) IS 'micro, small, medium or large; '''' when a figure is missing, null when there are no figures or no thresholds.';

CREATE FUNCTION public.size_on(e public.establishment, on_day date) RETURNS TABLE(size_class text, basis text, figures public.establishment_year, thresholds public.size_threshold[], is_uncertain boolean)
    LANGUAGE sql STABLE
    AS $$
  select coalesce(nullif(c.computed, ''), e.size_class),
         case when c.computed <> '' then 'figures' when e.size_class is not null then 'declared' else 'unknown' end,
         c.figures, c.thresholds, coalesce((select bool_or(t.enforcement = 'warn') from unnest(c.thresholds) t), false)
    from (select f.figures, f.thresholds, size_of(f.figures, f.thresholds) as computed
            from (select figures_on(e, on_day) as figures,
                         array(select t from thresholds_on(e, on_day) t order by t.employees_max) as thresholds) f) c
$$;

COMMENT ON FUNCTION public.size_on(e public.establishment, on_day date) IS 'The size of an establishment on a day: by its figures, else as declared.';

CREATE FUNCTION public.size_threshold_json(t public.size_threshold) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select jsonb_build_object('id', t.id, 'code', t.code, 'sector_group', t.sector_group, 'size_class', t.size_class, 'divisions', t.divisions,
    'employees_max', t.employees_max, 'revenue_max_vnd', t.revenue_max_vnd, 'capital_max_vnd', t.capital_max_vnd,
    'legal_basis', jsonb_build_object('document_no', t.legal_document_no, 'article', t.legal_article),
    'valid_from', t.valid_from, 'valid_to', t.valid_to, 'certainty', t.certainty, 'enforcement', t.enforcement, 'note', t.note)
    || rule_json('size_threshold', to_jsonb(t))
$$;

CREATE TABLE public.snapshot (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    record_type text NOT NULL,
    record_id uuid NOT NULL,
    record_version integer NOT NULL,
    transition_id uuid NOT NULL,
    sha256 text NOT NULL,
    body text NOT NULL,
    frozen_at timestamp with time zone DEFAULT public.current_instant() NOT NULL,
    organisation_id uuid,
    province_code text,
    CONSTRAINT snapshot_body_shape CHECK ((jsonb_typeof((body)::jsonb) = 'object'::text)),
    CONSTRAINT snapshot_sha256_of_body CHECK ((sha256 = encode(sha256(convert_to(body, 'UTF8'::name)), 'hex'::text)))
);

ALTER TABLE ONLY public.snapshot FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.snapshot IS 'What an approval froze (bản chốt): the record as it was decided on. Never changed, never removed; seen like the record.';

COMMENT ON COLUMN public.snapshot.record_type IS 'Name of the record''s table.';

COMMENT ON COLUMN public.snapshot.record_version IS 'Version of the record after the act that froze it.';

COMMENT ON COLUMN public.snapshot.sha256 IS 'Of the bytes of body, UTF-8.';

COMMENT ON COLUMN public.snapshot.body IS 'The record with its parts as canonical JSON: members in the order of their code points, no space.';

CREATE FUNCTION public.snapshot_json(s public.snapshot) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', s.id, 'record_type', s.record_type, 'record_id', s.record_id, 'record_version', s.record_version,
    'transition_id', s.transition_id, 'sha256', s.sha256, 'frozen_at', instant(s.frozen_at), 'body', s.body)
$$;

CREATE FUNCTION public.source_label(source text, language text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case when language = 'vi' then l.vi else l.en end
    from (values ('central_promotion', 'Khuyến công quốc gia', 'National promotion'), ('local_promotion', 'Khuyến công địa phương', 'Local promotion'),
                 ('counterpart', 'Đối ứng', 'Counterpart'), ('integrated', 'Lồng ghép', 'Integrated'), ('foreign', 'Nước ngoài', 'Foreign'),
                 ('other', 'Nguồn khác', 'Other')) l (source, vi, en)
   where l.source = source_label.source
$$;

CREATE FUNCTION public.spaced(words text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select coalesce(btrim(regexp_replace(words, '\s+', ' ', 'g')), '')
$$;

CREATE FUNCTION public.spelled_out(words text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $_$
declare
  spelling text := fold(words);
  short text[];
begin
  foreach short slice 1 in array array[
    ['\m(tp ?\.? ?)?hcm\M', 'thanh pho ho chi minh'],
    ['\mtp\M', 'thanh pho'],
    ['\mtx\M', 'thi xa'],
    ['\mtt\M', 'thi tran'],
    -- One letter is a word for a kind before a dot, before a number, or at the beginning of a part.
    ['\mq ?(?=[.0-9])|(^|[,;/–—-] *)q(?= )', 'quan'],
    ['\mp ?(?=[.0-9])|(^|[,;/–—-] *)p(?= )', 'phuong'],
    ['\mh(?=\.)|(^|[,;/–—-] *)h(?= )', 'huyen'],
    ['\mx(?=\.)|(^|[,;/–—-] *)x(?= )', 'xa'],
    ['\mt(?=\.)|(^|[,;/–—-] *)t(?= )', 'tinh'],
    ['[,; ]*viet nam *$', '']]
  loop
    spelling := regexp_replace(spelling, short[1], ' ' || short[2] || ' ', 'g');
  end loop;
  return lookup_key(spelling);
end
$_$;

COMMENT ON FUNCTION public.spelled_out(words text) IS 'lookup_key() of a text with TP, TX, TT, Q., P., H., X., T. written out.';

CREATE FUNCTION public.stage_of(of_type text, of_status text) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
begin
  return (select s.stage from record_status s where s.record_type = of_type and s.status = of_status);
end
$$;

CREATE FUNCTION public.stale_adjustment_items(d public.plan_adjustment) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select coalesce(jsonb_agg(jsonb_build_object('place', n - 1, 'before_vnd', (entry #>> '{before,support_vnd}')::bigint,
           'current_vnd', i.support_vnd) order by n), '[]')
    from jsonb_array_elements(d.items) with ordinality listed (entry, n)
    join annual_plan_item i on i.id = (entry ->> 'item_id')::uuid
   where state_of_item(i) is distinct from entry -> 'before' or i.deleted_at is not null
$$;

COMMENT ON FUNCTION public.stale_adjustment_items(d public.plan_adjustment) IS 'Items that have changed since the adjustment was written.';

CREATE FUNCTION public.stamp_row() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if tg_op = 'INSERT' then
    new.created_at := current_instant();
    new.created_by := claim('app.client_id')::uuid;
  else
    new.id := old.id;
    new.created_at := old.created_at;
    new.created_by := old.created_by;
  end if;
  new.updated_at := current_instant();
  new.updated_by := claim('app.client_id')::uuid;
  return new;
end
$$;

CREATE FUNCTION public.state_of_item(i public.annual_plan_item) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select plan_item_state(i.activity_code, i.support_vnd, i.counterpart_vnd, i.completion_month, i.is_stopped)
$$;

CREATE FUNCTION public.statuses_in(of_type text, stages text[]) RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select coalesce(array_agg(s.status), '{}') from record_status s where s.record_type = of_type and s.stage = any (stages)
$$;

COMMENT ON FUNCTION public.statuses_in(of_type text, stages text[]) IS 'The states of these stages: a filter by stage finds records by the index of their state.';

CREATE FUNCTION public.survey_json(s public.survey) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', s.id,
    'code', s.code,
    'version', s.version,
    'establishment_id', s.establishment_id,
    'establishment', (select json_build_object('id', e.id, 'code', e.code, 'name', e.name)
                        from establishment e where e.id = s.establishment_id),
    'project_id', s.project_id,
    'status', s.status,
    'surveyed_on', s.surveyed_on,
    'surveyors', s.surveyors,
    'score', trim_scale(s.score),
    'findings', s.findings,
    'organisation_id', s.organisation_id,
    'province_code', s.province_code,
    'origin', s.origin,
    'history_quality', s.history_quality,
    'note', s.note,
    'created_at', instant(s.created_at),
    'created_by', s.created_by,
    'updated_at', instant(s.updated_at),
    'updated_by', s.updated_by)
$$;

CREATE FUNCTION public.take_transition(of_type text, of_id uuid, transition_id uuid, act jsonb, wanted_version bigint) RETURNS TABLE(id uuid, version integer)
    LANGUAGE plpgsql
    AS $_$
declare
  on_day constant date := coalesce((act ->> 'acted_on')::date, today());
  stored jsonb;
  rule transition_rule;
  faults jsonb;
  new_version integer;
  frozen_id uuid;
begin
  execute format('select to_jsonb(r) from %I r where r.id = $1', of_type) into stored using of_id;
  new_version := next_version((stored ->> 'version')::integer, wanted_version);
  if act ->> 'action' = 'correct' then
    perform correct_last_act(of_type, stored, transition_id, act, on_day, new_version);
    return query select transition_id, new_version;
    return;
  end if;
  select r.* into rule
    from rules_from(of_type, stored ->> 'status', stored, on_day) r
   where r.action = act ->> 'action' and is_allowed(r, claim('app.tier'), acting_roles());
  if rule.action is null then
    perform refuse_transition(of_type, stored, act ->> 'action', on_day);
  end if;
  perform refuse_without_scope(rule.scope);
  faults := dates_faults(act) || act_faults(rule, act, stored);
  if rule.action = 'submit' or rule.action = 'sign' and to_regproc(of_type || '_missing') is not null then
    faults := faults || missing_from(of_type, of_id, on_day);
  end if;
  perform refuse_faults(blocks_of(faults));
  if rule.guards <> '{}' then
    faults := faults || guard_faults(rule.guards, of_id, act, on_day);
    perform refuse_by_guards(blocks_of(faults));
  end if;
  faults := faults || authority_faults(of_type, stored, act, on_day);
  frozen_id := case when rule.freezes then uuidv7() end;
  execute format('update %I set status = $2, version = $3 where id = $1', of_type) using of_id, rule.to_status, new_version;
  insert into transition (id, record_type, record_id, record_version, action, from_status, to_status, acted_on, client_id,
    person_id, role, acting_organisation_id, note, reason_code, documents, warnings, organisation_id, province_code, effects,
    snapshot_id)
  values (transition_id, of_type, of_id, new_version, rule.action, rule.from_status, rule.to_status, on_day,
    claim('app.client_id')::uuid, acting_person(), role_taken(rule), claim('app.organisation_id')::uuid, act ->> 'note',
    act ->> 'reason_code', coalesce(nullif(act -> 'documents', 'null'), '[]'), warnings_of(faults),
    (stored ->> 'organisation_id')::uuid, stored ->> 'province_code', rule.effects, frozen_id);
  if rule.effects <> '{}' then
    perform set_off(rule.effects, of_id, transition_id, act, on_day);
  end if;
  if rule.freezes then
    perform freeze(frozen_id, of_type, of_id, new_version, transition_id);
  end if;
  return query select transition_id, new_version;
end
$_$;

COMMENT ON FUNCTION public.take_transition(of_type text, of_id uuid, transition_id uuid, act jsonb, wanted_version bigint) IS 'Moves a record on, or refuses: 412 stale, 409 invalid-transition, 403 insufficient-scope, 422 with all that is missing, 409 guard-failed. Gives the act''s id and the record''s new version.';

CREATE FUNCTION public.taken_urls(q public.report_question) RETURNS text[]
    LANGUAGE sql IMMUTABLE
    AS $$
  select array_remove(array[case when q.level is not null then 'national_count' end, case when q.level is not null then 'local_count' end,
    case when q.scale is not null then 'group_count' end, case when q.scale is not null then 'key_count' end,
    case when q.status is not null then 'stopped_count' end], null)
$$;

CREATE FUNCTION public.tally_condition() RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
  select 'p.deleted_at is null and p.starts_on between $4 and $5
    and (p.province_code = any ($2) or p.organisation_id = $3 or p.implementer_id = $3)
    and ($1.level is null or p.level = $1.level)
    and ($1.scale is null or coalesce(p.scale, ''none'') = any ($1.scale))
    and ($1.status is null or p.status = any ($1.status))
    and ($1.programme_id is null or p.programme_id = $1.programme_id)
    and ($1.annual_plan_id is null or public.project_in_plan(p.id, $1.annual_plan_id))
    and ($1.activity_code is null or public.project_activities(p.id) && $1.activity_code)
    and ($1.source is null or public.project_sources(p.id) && $1.source)
    and ($1.province_code is null or p.province_code = any (public.provinces_reaching($1.province_code)))'
$_$;

COMMENT ON FUNCTION public.tally_condition() IS '$1 the question, $2 provinces and $3 organisation of the caller, $4 … $5 the period. Where a project lies on the map is found by province.';

CREATE FUNCTION public.tally_places(q public.report_question) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select case when basis_date(q.geo_basis) < (select max(u.valid_from) from admin_unit u where u.tier = 'province')
           then 'case when p.codes_on > ' || quote_literal(basis_date(q.geo_basis)) || ' then p.places end' else 'null::jsonb' end
$$;

CREATE FUNCTION public.target_actual(t public.target, unit text, first_day date, last_day date, q public.report_question) RETURNS TABLE(actual numeric, project_count bigint)
    LANGUAGE plpgsql STABLE
    AS $$
declare
  asked constant report_question := target_question(q, t);
begin
  return query
    with found as (
      select o.project_id, (o.actual ->> 'value')::numeric as value, coalesce(o.year, extract(year from p.starts_on)::integer) as year
        from report_projects(asked) p
        join project_output o on o.project_id = p.id and o.deleted_at is null and o.indicator_code = t.indicator_code
                                 and o.actual ->> 'measure_unit' = unit
    ), within as (
      select f.*, max(f.year) over () as last_year
        from found f
       where f.year >= coalesce(extract(year from first_day), f.year) and f.year <= coalesce(extract(year from least(last_day, q."to")), f.year)
    )
    select sum(w.value) filter (where t.kind = 'flow' or w.year = w.last_year), count(distinct w.project_id) from within w;
end
$$;

COMMENT ON FUNCTION public.target_actual(t public.target, unit text, first_day date, last_day date, q public.report_question) IS 'Flow: the sum of the results over the term; stock: that of the last year told.';

CREATE FUNCTION public.target_assessment_json(s public.target_assessment) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', s.id,
    'version', s.version,
    'target_id', s.target_id,
    'result', s.result,
    'assessed_on', s.assessed_on,
    'assessed_by', (select json_build_object('id', o.id, 'code', o.code, 'name', o.name) from organisation o where o.id = s.assessed_by_id),
    'person_id', s.person_id,
    'source', s.source,
    'documents', documents_json(s.documents),
    'note', s.note,
    'created_at', instant(s.created_at),
    'created_by', s.created_by,
    'updated_at', instant(s.updated_at),
    'updated_by', s.updated_by)
$$;

CREATE FUNCTION public.target_json(t public.target) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', t.id,
    'version', t.version,
    'programme_id', t.programme_id,
    'annual_plan_id', t.annual_plan_id,
    'name', t.name,
    'indicator_code', t.indicator_code,
    'operator', t.operator,
    'kind', t.kind,
    'measures', t.measures,
    'tolerance_percent', t.tolerance_percent,
    'from', t."from",
    'to', t."to",
    'organisation_id', t.organisation_id,
    'province_code', t.province_code,
    'evidence_grade', t.evidence_grade,
    'origin', t.origin,
    'history_quality', t.history_quality,
    'note', t.note,
    'created_at', instant(t.created_at),
    'created_by', t.created_by,
    'updated_at', instant(t.updated_at),
    'updated_by', t.updated_by)
$$;

CREATE FUNCTION public.target_parent_gone(t public.target) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select exists (select from programme g where g.id = t.programme_id and g.deleted_at is not null)
      or exists (select from annual_plan a where a.id = t.annual_plan_id and a.deleted_at is not null)
$$;

CREATE FUNCTION public.target_question(q public.report_question, t public.target) RETURNS public.report_question
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
  q.programme_id := t.programme_id;
  q.annual_plan_id := t.annual_plan_id;
  return q;
end
$$;

CREATE FUNCTION public.target_readable(t public.target, provinces text[], own_organisation uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select t.province_code is null or t.province_code = any (provinces) or t.organisation_id = own_organisation
$$;

COMMENT ON FUNCTION public.target_readable(t public.target, provinces text[], own_organisation uuid) IS 'Like its programme or plan, whose owner and territory it has.';

CREATE FUNCTION public.target_result(operator text, planned numeric, actual numeric, tolerance_percent numeric) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when actual is null then 'no_data'
    when operator = 'gt' then case when actual > planned then 'met' else 'not_met' end
    when operator in ('gte', 'eq') then case when actual > planned then 'exceeded' when actual = planned then 'met' else 'not_met' end
    when operator = 'approx' then
      case when actual > planned * (1 + coalesce(tolerance_percent, 0) / 100) then 'exceeded'
           when actual >= planned * (1 - coalesce(tolerance_percent, 0) / 100) then 'met' else 'not_met' end
    when operator = 'lte' then case when actual <= planned then 'met' else 'not_met' end
    when operator = 'lt' then case when actual < planned then 'met' else 'not_met' end
  end
$$;

COMMENT ON FUNCTION public.target_result(operator text, planned numeric, actual numeric, tolerance_percent numeric) IS 'exceeded, met, not_met, no_data. More than 75: 75 is not met, 76 is. How far "about" may miss where the target does not say is the parameter target_tolerance_percent.';

CREATE FUNCTION public.target_verdict(of_target uuid, on_day date) RETURNS public.target_assessment
    LANGUAGE sql STABLE
    AS $$
  select s
    from target_assessment s
   where s.target_id = of_target and s.deleted_at is null and s.assessed_on <= on_day
   order by s.assessed_on desc, s.id desc
   limit 1
$$;

COMMENT ON FUNCTION public.target_verdict(of_target uuid, on_day date) IS 'The latest judgement by hand up to a day.';

CREATE FUNCTION public.target_writable(t public.target, tier text, provinces text[], own_organisation uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select case
    when t.province_code is null then tier = 'central'
    else coalesce(t.province_code = any (provinces) or t.organisation_id = own_organisation, false)
  end
$$;

CREATE FUNCTION public.targets_parent(q public.report_question, OUT name text, OUT starts_on date, OUT ends_on date) RETURNS record
    LANGUAGE plpgsql STABLE
    AS $$
begin
  if num_nonnulls(q.programme_id, q.annual_plan_id) = 2 then
    raise exception using errcode = 'PT400', message = 'invalid-parameter',
      detail = '[{"parameter": "annual_plan_id", "code": "target_one_parent"}]';
  elsif q.annual_plan_id is not null and annual_plan_visible(q.annual_plan_id, q.provinces, q.own_organisation) then
    select a.name, make_date(a.year, 1, 1), make_date(a.year, 12, 31) into name, starts_on, ends_on from annual_plan a where a.id = q.annual_plan_id;
  elsif q.programme_id is not null and programme_visible(q.programme_id, q.provinces, q.own_organisation) then
    select g.name, g.starts_on, g.ends_on into name, starts_on, ends_on from programme g where g.id = q.programme_id and g.deleted_at is null;
  end if;
  if name is null then
    raise exception using errcode = 'PT400', message = 'invalid-parameter',
      detail = jsonb_build_array(jsonb_build_object('parameter', case when q.annual_plan_id is null then 'programme_id' else 'annual_plan_id' end,
        'code', 'unknown_reference'));
  end if;
end
$$;

CREATE FUNCTION public.tax_code_kind(code text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case length(code) when 10 then 'enterprise10' when 12 then 'personal12' when 14 then 'branch13' end
$$;

COMMENT ON FUNCTION public.tax_code_kind(code text) IS 'The length of a code in its normal form tells its kind.';

CREATE FUNCTION public.tax_code_normal(code text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
  select case when code ~ '^[0-9]{13}$' then left(code, 10) || '-' || right(code, 3) else code end
$_$;

CREATE FUNCTION public.territory_in(own text[], held public.role_assignment[]) RETURNS text[]
    LANGUAGE sql STABLE
    AS $$
  select case
    when bool_or(h.province_code is null) then own
    else array(select unnest(own) intersect select unnest(provinces_under(array_agg(h.province_code))) order by 1)
  end
    from unnest(held) h
$$;

COMMENT ON FUNCTION public.territory_in(own text[], held public.role_assignment[]) IS 'A person whose roles are all for certain provinces sees those alone.';

CREATE FUNCTION public.territory_of(of_organisation uuid) RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select case
    when o.kind in ('ministry', 'bureau', 'central_centre') then
      (select array_agg(distinct u.code order by u.code) from admin_unit u where u.tier = 'province')
    when o.province_code is not null then provinces_under(array[o.province_code])
    else '{}'
  end
    from organisation o
   where o.id = of_organisation
$$;

COMMENT ON FUNCTION public.territory_of(of_organisation uuid) IS 'Codes of the own province and all that went into it; central agencies have every province there ever was.';

CREATE FUNCTION public.thresholds_on(e public.establishment, on_day date) RETURNS SETOF public.size_threshold
    LANGUAGE sql STABLE
    AS $$
  with in_force as (
    select t, coalesce(substring(e.vsic_codes[1] from '[0-9]{2}') = any (t.divisions), t.divisions <> '{}') as is_named
      from size_threshold t
     where in_days(on_day, t.valid_from, t.valid_to)
  )
  select (f.t).*
    from in_force f
   where f.is_named or (f.t).divisions = '{}' and not exists (select from in_force named where named.is_named)
$$;

COMMENT ON FUNCTION public.thresholds_on(e public.establishment, on_day date) IS 'Thresholds of the sector of an establishment. Without a trade it counts as what these establishments are: producers.';

CREATE FUNCTION public.tier_rank(tier text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select array_position(array['central', 'region', 'province', 'district', 'commune'], tier)
$$;

CREATE FUNCTION public.title_block(q public.report_question) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_array(
    coalesce((select o.name from organisation o where o.id = q.own_organisation), 'Đơn vị lập báo cáo'),
    period_label(q."from", q."to"),
    case q.geo_basis
      when 'as_recorded' then 'Địa bàn theo đơn vị hành chính tại thời điểm ghi nhận'
      when 'current' then 'Địa bàn theo đơn vị hành chính hiện nay (' || to_char(today(), 'DD/MM/YYYY') || ')'
      else 'Địa bàn theo đơn vị hành chính ngày ' || to_char(basis_date(q.geo_basis), 'DD/MM/YYYY') end,
    'Số liệu lập lúc ' || to_char(current_instant() at time zone 'Asia/Ho_Chi_Minh', 'HH24:MI "ngày" DD/MM/YYYY'))
$$;

COMMENT ON FUNCTION public.title_block(q public.report_question) IS 'The lines below the title: issuing unit, period, map, hour of the figures.';

CREATE FUNCTION public.touch_parent() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
declare
  owner_columns constant text[] := array['organisation_id', 'province_code', 'updated_at', 'updated_by'];
  parent_id uuid := (to_jsonb(case when tg_op = 'DELETE' then old else new end) ->> tg_argv[1])::uuid;
begin
  -- What an act on the parent set off belongs to the version that the act made.
  if parent_id::text = claim('app.act') then
    return null;
  end if;
  -- What hand_down_owner wrote comes from the parent itself.
  if tg_op = 'UPDATE' and to_jsonb(old) - owner_columns = to_jsonb(new) - owner_columns then
    return null;
  end if;
  execute format('update %I set version = version + 1 where id = $1', tg_argv[0]) using parent_id;
  return null;
end
$_$;

CREATE FUNCTION public.touch_plan() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  owner_columns constant text[] := array['organisation_id', 'province_code', 'updated_at', 'updated_by'];
begin
  -- What an act on the plan set off belongs to the version that the act made.
  if new.annual_plan_id::text is distinct from public.claim('app.act')
     and (tg_op = 'INSERT' or to_jsonb(old) - owner_columns <> to_jsonb(new) - owner_columns) then
    update public.annual_plan set version = version + 1 where id = new.annual_plan_id;
  end if;
  return null;
end
$$;

CREATE FUNCTION public.track(record_table regclass) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  execute format('create trigger stamp before insert or update on %s for each row execute function stamp_row()', record_table);
  execute format('create trigger keep_history after insert or update or delete on %s for each row execute function keep_history()',
    record_table);
end
$$;

COMMENT ON FUNCTION public.track(record_table regclass) IS 'Gives a table with the base columns its stamps (created_…, updated_…) and its history.';

CREATE FUNCTION public.transition_json(t public.transition) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object(
    'id', t.id,
    'record_type', t.record_type,
    'record_id', t.record_id,
    'record_version', t.record_version,
    'action', t.action,
    'from_status', t.from_status,
    'to_status', t.to_status,
    'acted_on', t.acted_on,
    'recorded_at', instant(t.recorded_at),
    'actor', json_build_object('client_id', t.client_id, 'person_id', t.person_id),
    'role', t.role,
    'organisation', (select json_build_object('id', o.id, 'code', o.code, 'name', o.name)
                       from organisation o where o.id = t.acting_organisation_id),
    'note', t.note,
    'reason_code', t.reason_code,
    'documents', documents_json(t.documents),
    'warnings', t.warnings,
    'snapshot_id', t.snapshot_id,
    'corrects_id', t.corrects_id)
$$;

CREATE FUNCTION public.transition_ocop_registration(of_id uuid, transition_id uuid, act jsonb, wanted_version bigint) RETURNS TABLE(id uuid, version integer)
    LANGUAGE plpgsql
    AS $$
declare
  paper_day constant date := (
    select coalesce((act ->> 'acted_on')::date, r.submitted_on) from ocop_registration r
     where r.id = of_id and r.status = 'draft' and act ->> 'action' = 'submit');
begin
  if paper_day is not null then
    act := act || jsonb_build_object('acted_on', paper_day);
    perform set_config('app.submitted_on', paper_day::text, true); -- read by complete_ocop_registration()
  end if;
  return query select t.id, t.version from take_transition('ocop_registration', of_id, transition_id, act, wanted_version) t;
end
$$;

CREATE FUNCTION public.transition_rule_json(r public.transition_rule) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', r.id, 'record_type', r.record_type, 'from_status', r.from_status, 'action', r.action,
    'to_status', r.to_status, 'applies_to', r.applies_to, 'roles', r.roles, 'tiers', r.tiers, 'requires', r.requires,
    'scope', r.scope, 'guards', r.guards, 'effects', r.effects, 'correct_guards', r.correct_guards, 'freezes', r.freezes, 'is_awaited', r.is_awaited,
    'legal_basis', r.legal_basis, 'valid_from', r.valid_from, 'valid_to', r.valid_to, 'certainty', r.certainty,
    'enforcement', r.enforcement, 'note', r.note)
$$;

CREATE TABLE public.plan_requirement (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    level text NOT NULL,
    project_statuses text[] NOT NULL,
    legal_basis text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    certainty text NOT NULL,
    enforcement text NOT NULL,
    note text,
    CONSTRAINT plan_requirement_certainty_known CHECK ((certainty = ANY (ARRAY['verified'::text, 'second_hand'::text, 'uncertain'::text]))),
    CONSTRAINT plan_requirement_ends_after_starts CHECK ((valid_to >= valid_from)),
    CONSTRAINT plan_requirement_enforcement_known CHECK ((enforcement = ANY (ARRAY['block'::text, 'warn'::text]))),
    CONSTRAINT plan_requirement_level_known CHECK ((level = ANY (ARRAY['national'::text, 'local'::text]))),
    CONSTRAINT plan_requirement_uncertain_warns CHECK (((certainty <> 'uncertain'::text) OR (enforcement = 'warn'::text)))
);

ALTER TABLE ONLY public.plan_requirement FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.plan_requirement IS 'How far a project must have come before a yearly plan with it is assigned, over time; loaded from db/reference/plan_requirements.csv. The day of the act chooses the row.';

COMMENT ON COLUMN public.plan_requirement.project_statuses IS 'Any of these will do: appraised, or further on.';

CREATE FUNCTION public.unappraised_items(of_plan uuid, on_day date) RETURNS TABLE(project_code text, project_status text, asked public.plan_requirement)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
  select p.code, p.status, q
    from public.annual_plan_item i
    join public.project p on p.id = i.project_id
    join public.plan_requirement q on q.level = i.level and public.in_days(on_day, q.valid_from, q.valid_to)
   where i.annual_plan_id = of_plan and i.deleted_at is null and not i.is_stopped and p.status <> all (q.project_statuses)
$$;

COMMENT ON FUNCTION public.unappraised_items(of_plan uuid, on_day date) IS 'Items whose project has not come as far as the rules of that day ask (plan_requirement).';

CREATE FUNCTION public.undo_voting_rank(record_id uuid, transition_id uuid, act jsonb, on_day date) RETURNS void
    LANGUAGE sql
    AS $$
  update voting_entry e set rank = null where e.id = record_id
$$;

CREATE FUNCTION public.undo_voting_score(record_id uuid, transition_id uuid, act jsonb, on_day date) RETURNS void
    LANGUAGE sql
    AS $$
  update voting_entry e set score = null where e.id = record_id
$$;

CREATE TABLE public."user" (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    organisation_id uuid NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    status text DEFAULT 'active'::text NOT NULL,
    user_name text NOT NULL,
    full_name text NOT NULL,
    issuer_id uuid,
    folded text GENERATED ALWAYS AS (public.fold(((user_name || ' '::text) || full_name))) STORED,
    CONSTRAINT user_status_known CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text]))),
    CONSTRAINT user_user_name_form CHECK ((user_name ~ '^[a-z0-9][a-z0-9._-]{0,31}$'::text))
);

ALTER TABLE ONLY public."user" FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public."user" IS 'Persons on whose behalf systems call. Who they are is the business of their organisation''s system; none logs in here.';

COMMENT ON COLUMN public."user".organisation_id IS 'Where the person works; decides who manages the record and what tokens for the person see. Never changes: who moves becomes another user.';

COMMENT ON COLUMN public."user".status IS 'suspended: no token for the time being.';

COMMENT ON COLUMN public."user".user_name IS 'Name of the account, unique in the organisation. Shorter than a UUID, so that it is never taken for one; no e-mail address.';

COMMENT ON COLUMN public."user".full_name IS 'Personal data.';

COMMENT ON COLUMN public."user".issuer_id IS 'Who vouches for the identity; null: the organisation''s own system.';

CREATE FUNCTION public.user_json(u public."user", is_owner boolean) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', u.id, 'version', u.version, 'status', u.status, 'user_name', u.user_name,
    'full_name', case when is_owner then u.full_name else masked(u.full_name) end,
    'organisation_id', u.organisation_id, 'issuer_id', u.issuer_id, 'is_masked', not is_owner, 'note', u.note,
    'created_at', instant(u.created_at), 'created_by', u.created_by,
    'updated_at', instant(u.updated_at), 'updated_by', u.updated_by)
$$;

CREATE FUNCTION public.user_summary_json(u public."user", is_owner boolean) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', u.id, 'version', u.version, 'status', u.status, 'user_name', u.user_name,
    'full_name', case when is_owner then u.full_name else masked(u.full_name) end,
    'organisation_id', u.organisation_id, 'updated_at', instant(u.updated_at))
$$;

CREATE FUNCTION public.verdict_label(verdict public.target_assessment) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select result_label(verdict.result) || ' (' || to_char(verdict.assessed_on, 'DD/MM/YYYY') || ')' where verdict.id is not null
$$;

CREATE FUNCTION public.version_targets(of_programme uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select coalesce(jsonb_agg(jsonb_build_object('target_id', t.id, 'name', t.name, 'indicator_code', t.indicator_code,
           'operator', t.operator, 'kind', t.kind, 'measures', t.measures, 'tolerance_percent', t.tolerance_percent,
           'from', t."from", 'to', t."to") order by t.created_at, t.id), '[]')
    from target t
   where t.programme_id = of_programme and t.deleted_at is null
$$;

CREATE FUNCTION public.voting_certificate_json(c public.certificate) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('id', c.id, 'version', c.version, 'status', certificate_status(c), 'certificate_no', c.certificate_no, 'public_no', c.public_no,
    'tier', c.tier, 'entry_id', c.entry_id, 'product_id', c.product_id, 'product_name', c.product_name, 'product_group_code', c.product_group_code,
    'establishment_id', c.establishment_id, 'issuer_name', c.issuer_name, 'decision_no', c.decision ->> 'document_no', 'issued_on', c.issued_on,
    'valid_to', c.valid_to, 'origin', c.origin, 'organisation_id', c.organisation_id, 'province_code', c.province_code, 'codes_on', c.codes_on, 'note', c.note,
    'created_at', instant(c.created_at), 'created_by', c.created_by, 'updated_at', instant(c.updated_at), 'updated_by', c.updated_by)
$$;

CREATE FUNCTION public.voting_entry_faults(body jsonb, p public.product, provinces text[], own_organisation uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if(body ->> 'product_group_code' is not null and not exists (
           select from voting_product_group g where g.code = body ->> 'product_group_code'), '#/product_group_code', 'unknown_reference')
      || fault_if(body ->> 'previous_certificate_id' is not null and not exists (
           select from certificate c where c.id = (body ->> 'previous_certificate_id')::uuid and c.scheme = 'voting' and c.product_id = p.id
              and c.deleted_at is null and voting_seen(c.province_code, c.organisation_id, provinces, own_organisation)),
           '#/previous_certificate_id', 'unknown_reference')
$$;

CREATE FUNCTION public.voting_entry_json(e public.voting_entry) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select (record_json(to_json(e), 'voting_entry')::jsonb || jsonb_build_object(
    'is_set', (select p.is_set from product p where p.id = e.product_id),
    'certificate_id', (select c.id from certificate c where c.entry_id = e.id and c.deleted_at is null),
    'papers', voting_papers(e, coalesce((select d.opens_on from voting_round d where d.id = e.round_id), e.created_at::date))))::json
$$;

CREATE FUNCTION public.voting_entry_missing(e public.voting_entry, on_day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select coalesce(jsonb_agg(jsonb_build_object('pointer', '#/checklist', 'code', 'voting_paper_missing',
           'params', jsonb_build_object('member', jsonb_build_object('vi', d.label_vi, 'en', d.label_en)),
           'legal_basis', d.legal_document_no, 'certainty', d.certainty, 'enforcement', d.enforcement) order by d.position), '[]')
    from document_requirement d
   where d.record_type = 'voting_entry' and d.is_required and on_day >= d.valid_from and (d.valid_to is null or on_day <= d.valid_to)
     and not exists (select from jsonb_array_elements(e.checklist) c
                      where c ->> 'requirement_code' = d.code and c ->> 'status' in ('provided', 'accepted'))
$$;

CREATE FUNCTION public.voting_held(province_code text, organisation_id uuid, tier text, provinces text[], own_organisation uuid) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
  select case when $1 is null then coalesce(tier = 'central', false) else coalesce($1 = any (provinces) or $2 = own_organisation, false) end
$_$;

COMMENT ON FUNCTION public.voting_held(province_code text, organisation_id uuid, tier text, provinces text[], own_organisation uuid) IS 'Who sees a record may change it, but what is of a region or of the centre is for central bodies alone.';

CREATE FUNCTION public.voting_lower_tier(tier text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case tier when 'central' then 'region' when 'region' then 'province' end
$$;

COMMENT ON FUNCTION public.voting_lower_tier(tier text) IS 'Whose certificate lets a product in; null: nobody''s.';

CREATE FUNCTION public.voting_papers(e public.voting_entry, day date) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select coalesce(jsonb_agg(jsonb_build_object('requirement_code', d.code, 'label_vi', d.label_vi, 'label_en', d.label_en, 'is_required', d.is_required,
           'status', coalesce(said.entry ->> 'status', 'missing')) order by d.position), '[]')
    from document_requirement d
    left join lateral (select c as entry from jsonb_array_elements(e.checklist) c where c ->> 'requirement_code' = d.code limit 1) said on true
   where d.record_type = 'voting_entry' and day >= d.valid_from and (d.valid_to is null or day <= d.valid_to)
$$;

COMMENT ON FUNCTION public.voting_papers(e public.voting_entry, day date) IS 'The conditions a product meets and the papers that show it, as of a day, and what the entry says of each.';

CREATE FUNCTION public.voting_record_held(of_type text, of_id uuid, tier text, provinces text[], own_organisation uuid) RETURNS boolean
    LANGUAGE plpgsql
    AS $_$
declare
  is_held boolean;
begin
  execute format($text$
    select r.deleted_at is null and voting_held(r.province_code, r.organisation_id, $2, $3, $4)
      from %I r where r.id = $1 for no key update$text$, of_type)
    into is_held using of_id, tier, provinces, own_organisation;
  return coalesce(is_held, false);
end
$_$;

CREATE FUNCTION public.voting_references_faults(body jsonb, provinces text[], own_organisation uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select fault_if(body ? 'round_id' and not exists (
           select from voting_round d where d.id = (body ->> 'round_id')::uuid and d.deleted_at is null
              and voting_seen(d.province_code, d.organisation_id, provinces, own_organisation)), '#/round_id', 'unknown_reference')
      || fault_if(body ->> 'regulation_id' is not null and not exists (
           select from voting_regulation g where g.id = (body ->> 'regulation_id')::uuid and g.deleted_at is null
              and voting_seen(g.province_code, g.organisation_id, provinces, own_organisation)), '#/regulation_id', 'unknown_reference')
      || fault_if(body ? 'council_id' and not exists (
           select from voting_council c where c.id = (body ->> 'council_id')::uuid and c.deleted_at is null
              and voting_seen(c.province_code, c.organisation_id, provinces, own_organisation)), '#/council_id', 'unknown_reference')
      || fault_if(body ? 'entry_id' and not exists (
           select from voting_entry e where e.id = (body ->> 'entry_id')::uuid and e.deleted_at is null
              and voting_seen(e.province_code, e.organisation_id, provinces, own_organisation)), '#/entry_id', 'unknown_reference')
      || fault_if(body ->> 'region_code' is not null and not exists (select from region r where r.code = body ->> 'region_code'),
           '#/region_code', 'unknown_reference')
$$;

CREATE FUNCTION public.voting_round_above(of_entry uuid) RETURNS uuid
    LANGUAGE sql STABLE
    AS $$
  select up.id
    from voting_entry e
    join voting_round d on d.id = e.round_id
    join voting_round up on voting_lower_tier(up.tier) = d.tier and up.status = 'open' and up.deleted_at is null
   where e.id = of_entry
     and (up.region_code is null or project_region(e.province_code, e.codes_on, '[]', null) = up.region_code)
   order by up.year desc, up.id desc
   limit 1
$$;

COMMENT ON FUNCTION public.voting_round_above(of_entry uuid) IS 'The open round of the next tier, of the region for a product of a province.';

CREATE FUNCTION public.voting_seen(province_code text, organisation_id uuid, provinces text[], own_organisation uuid) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
  select $1 is null or coalesce($1 = any (provinces) or $2 = own_organisation, false)
$_$;

COMMENT ON FUNCTION public.voting_seen(province_code text, organisation_id uuid, provinces text[], own_organisation uuid) IS 'Rounds and texts of regions and of the centre are for all; others for their territory and whoever holds them.';

CREATE FUNCTION public.voting_sheets(of_entry uuid) RETURNS TABLE(seats_count bigint, sheets_count bigint, average numeric)
    LANGUAGE sql STABLE
    AS $$
  select (select count(*) from voting_council c, jsonb_array_elements(c.members) m
           where c.round_id = e.round_id and c.kind = 'jury' and c.status = 'active' and c.deleted_at is null
             and not c.conflicts @> jsonb_build_array(jsonb_build_object('seat', m -> 'seat', 'establishment_id', e.establishment_id))),
         count(s.id), round(avg(s.total), 2)
    from voting_entry e
    left join voting_score_sheet s on s.entry_id = e.id and s.status = 'submitted' and s.deleted_at is null
   where e.id = of_entry
   group by e.id
$$;

COMMENT ON FUNCTION public.voting_sheets(of_entry uuid) IS 'Jurors who score the entry (those with a conflict of interest do not), sheets handed in, their average.';

CREATE FUNCTION public.voting_table(record_table text) RETURNS void
    LANGUAGE plpgsql
    AS $_$
begin
  execute format($ddl$
    create table %1$I (
      id uuid primary key default uuidv7(),
      version integer not null default 1,
      organisation_id uuid not null constraint %1$s_organisation_fkey references organisation,
      province_code text,
      codes_on date not null,
      note text,
      created_at timestamptz not null default now(),
      created_by uuid,
      updated_at timestamptz not null default now(),
      updated_by uuid,
      deleted_at timestamptz
    );
    comment on column %1$I.province_code is 'Territory, as coded on codes_on; null: of a region or of the centre.';
    comment on column %1$I.codes_on is 'Day on whose map province_code is read.';
    select track('%1$s');
    create index %1$s_updated on %1$I (updated_at, id);
    create index %1$s_territory on %1$I (province_code);
    create index %1$s_organisation on %1$I (organisation_id);
    alter table %1$I enable row level security;
    alter table %1$I force row level security;
    create policy seen on %1$I for select to kc_api
      using (claim('app.client_id') is not null
             and (province_code is null or in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid));
    create policy added on %1$I for insert to kc_api
      with check (case when province_code is null then claim('app.tier') = 'central' else in_territory(province_code) end);
    create policy changed on %1$I for update to kc_api
      using (case when province_code is null then claim('app.tier') = 'central'
             else in_territory(province_code) or organisation_id = claim('app.organisation_id')::uuid end);
    grant select, insert, update on %1$I to kc_api;
  $ddl$, record_table);
end
$_$;

COMMENT ON FUNCTION public.voting_table(record_table text) IS 'Makes the table of a record of the voting: whose it is, who sees it, its history.';

CREATE FUNCTION public.wanted_map(q public.report_question) RETURNS TABLE(code text, valid_from date, valid_to date, is_wanted boolean)
    LANGUAGE plpgsql STABLE ROWS 200
    AS $$
declare
  day constant date := basis_date(q.geo_basis);
begin
  if q.province_code is null and q.region_code is null then
    return;
  end if;
  return query
    select m.code, m.valid_from, m.valid_to,
           (q.province_code is null or project_in_provinces(m.code, m.valid_from, '[]', day, q.province_code))
             and (q.region_code is null or project_in_regions(m.code, m.valid_from, '[]', day, q.region_code))
      from report_map(q) m;
end
$$;

COMMENT ON FUNCTION public.wanted_map(q public.report_question) IS 'Are projects recorded so among the provinces and regions that the question asks for? Nothing where it asks for none.';

CREATE FUNCTION public.warning_if(is_odd boolean, pointer text, code text, label_vi text, label_en text) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when is_odd then jsonb_build_array(
           jsonb_build_object('pointer', pointer, 'code', code, 'label_vi', label_vi, 'label_en', label_en))
    else '[]'
  end
$$;

COMMENT ON FUNCTION public.warning_if(is_odd boolean, pointer text, code text, label_vi text, label_en text) IS 'A list of one warning, or of none; lists are joined by ||.';

CREATE FUNCTION public.warnings_of(faults jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
  select coalesce(jsonb_agg(jsonb_build_object(
           'pointer', f -> 'pointer', 'code', f -> 'code',
           'label_vi', coalesce(f #> '{params,member,vi}', f -> 'code'), 'label_en', coalesce(f #> '{params,member,en}', f -> 'code'),
           'legal_basis', f -> 'legal_basis', 'certainty', f -> 'certainty') order by n), '[]')
    from jsonb_array_elements(faults) with ordinality w (f, n)
   where f ->> 'enforcement' = 'warn'
$$;

CREATE FUNCTION public.whole_result(results text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case when 'not_met' = any (results) then 'not_met' when 'no_data' = any (results) then 'no_data' when 'met' = any (results) then 'met' else 'exceeded' end
$$;

CREATE FUNCTION public.whole_version_targets(targets jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
  select coalesce(jsonb_agg(jsonb_build_object('target_id', null, 'indicator_code', null, 'tolerance_percent', null, 'from', null, 'to', null) || t order by n), '[]')
    from jsonb_array_elements(targets) with ordinality listed (t, n)
  having targets is not null
$$;

COMMENT ON FUNCTION public.whole_version_targets(targets jsonb) IS 'Targets with all their members; null stays null.';

CREATE FUNCTION public.with_marks(words text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
  select normalize(regexp_replace(
    lower(normalize(words, NFD) collate "und-x-icu"),
    '(o)([\u0300\u0301\u0303\u0309\u0323])([ae])|(u)([\u0300\u0301\u0303\u0309\u0323])(y)', '\1\4\3\6\2\5', 'g'), NFC)
$$;

COMMENT ON FUNCTION public.with_marks(words text) IS 'Lower case with all marks, tones in one place: "HÒA" and "Hoà" become the same, "Hoa" does not.';

CREATE FUNCTION public.with_period(q public.report_question, starts date, ends date) RETURNS public.report_question
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
  q."from" := starts;
  q."to" := ends;
  return q;
end
$$;

CREATE FUNCTION public.with_scale(q public.report_question, scale text[]) RETURNS public.report_question
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
  q.scale := with_scale.scale;
  return q;
end
$$;

CREATE FUNCTION public.with_status(q public.report_question, status text[]) RETURNS public.report_question
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
  q.status := with_status.status;
  return q;
end
$$;

CREATE FUNCTION public.without_kinds(key text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
  select trim(regexp_replace(regexp_replace(key, '\m(' || kind_words() || ')\M', ' ', 'g'), ' +', ' ', 'g'))
$$;

CREATE FUNCTION public.work_item_json(w public.work_item) RETURNS json
    LANGUAGE sql STABLE
    AS $$
  select json_build_object('record_type', w.record_type, 'record_id', w.record_id, 'record_code', w.record_code, 'title', w.title,
    'status', w.status, 'stage', stage_of(w.record_type, w.status), 'actions', w.actions, 'waiting_since', instant(w.waiting_since),
    'due_on', w.due_on, 'is_late', coalesce(w.due_on < today(), false))
$$;

CREATE FUNCTION public.work_items_of(own_tier text, own_roles text[], scopes text, provinces text[], own_organisation uuid, wanted_types text[]) RETURNS SETOF public.work_item
    LANGUAGE plpgsql STABLE
    AS $_$
declare
  of_type text;
  states text[];
  has_project boolean;
begin
  for of_type, states in
    select r.record_type, array_agg(distinct r.from_status)
      from transition_rule r
     where r.is_awaited and is_allowed(r, own_tier, own_roles) and in_days(today(), r.valid_from, r.valid_to)
       and (wanted_types is null or r.record_type = any (wanted_types)) and is_read_by(r.record_type, scopes) and has_scope(r.scope)
     group by r.record_type
  loop
    has_project := exists (select from pg_attribute where attrelid = to_regclass(of_type) and attname = 'project_id');
    return query execute format($sql$
      select %1$L, w.id, w.row_data ->> 'code', %2$s, w.status, act.actions, since.at,
             (since.at at time zone 'Asia/Ho_Chi_Minh')::date
               + parameter_value('due_days_%1$s_' || w.status, today(), w.row_data ->> 'level', w.row_data ->> 'province_code')::integer
        from (select t.id, t.status, t.created_at, t.organisation_id, %5$s as implementer_id, to_jsonb(t) - 'folded' as row_data
                from %1$I t %3$s
               where t.status = any ($1) and t.deleted_at is null and (%4$s)) w
       cross join lateral (
         select array_agg(r.action order by r.action) as actions
           from rules_from(%1$L, w.status, w.row_data, today()) r
          where r.is_awaited and is_allowed(r, $2, $3) and has_scope(r.scope)
            and (r.tiers <> '{}' or $5 in (w.organisation_id, w.implementer_id))) act
       cross join lateral (
         select coalesce((select t.recorded_at from transition t
                           where t.record_type = %1$L and t.record_id = w.id order by t.record_version desc limit 1), w.created_at) as at) since
       where act.actions is not null$sql$,
      of_type,
      case when has_project then $$coalesce(w.row_data ->> 'title', (select p.name from project p where p.id = (w.row_data ->> 'project_id')::uuid), '')$$
           else $$coalesce(w.row_data ->> 'name', w.row_data ->> 'title', w.row_data ->> 'code', '')$$ end,
      case when has_project then 'join project p on p.id = t.project_id and p.deleted_at is null' else '' end,
      case
        when has_project then 'p.province_code = any ($4) or p.organisation_id = $5 or p.implementer_id = $5'
        when of_type = 'project' then 't.province_code = any ($4) or t.organisation_id = $5 or t.implementer_id = $5'
        else $$t.province_code = any ($4) or t.organisation_id = $5 or t.province_code is null and $6 = 'central'$$
      end,
      case when has_project then 'p.implementer_id' when of_type = 'project' then 't.implementer_id' else 'null::uuid' end)
      using states, own_tier, own_roles, provinces, own_organisation, own_tier;
  end loop;
end
$_$;

COMMENT ON FUNCTION public.work_items_of(own_tier text, own_roles text[], scopes text, provinces text[], own_organisation uuid, wanted_types text[]) IS 'Records whose next act somebody waits for and the caller may do. An act of no tier in particular (submit, start) is awaited from the owner and the implementer only.';

CREATE FUNCTION public.writable_province(wanted text, provinces text[]) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select wanted is null or wanted = any (provinces)
      or not exists (select from admin_unit where code = wanted and tier = 'province')
$$;

COMMENT ON FUNCTION public.writable_province(wanted text, provinces text[]) IS 'May a record with this province be written by a caller of these provinces? A province that is none passes here: the check of the place refuses it by name.';

CREATE FUNCTION public.write_territory(of_norm uuid, territory jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
  delete from norm_territory t where t.norm_id = of_norm;
  insert into norm_territory (norm_id, province_code, codes_on, valid_from, valid_to)
  select of_norm, t.province_code, coalesce(t.codes_on, today()), t.valid_from, t.valid_to
    from jsonb_to_recordset(territory) t (province_code text, codes_on date, valid_from date, valid_to date);
end
$$;

CREATE FUNCTION public.year_begun(pointer text, given integer) RETURNS integer
    LANGUAGE plpgsql STABLE
    AS $$
begin
  if given > extract(year from today()) then
    perform refuse(pointer, 'year_begun');
  end if;
  return given;
end
$$;

COMMENT ON FUNCTION public.year_begun(pointer text, given integer) IS 'Figures are of this year or of one before.';

CREATE FUNCTION public.year_columns(first_year integer, last_year integer, prefix text, label text, measure_unit text) RETURNS json[]
    LANGUAGE sql STABLE
    AS $$
  select coalesce(array_agg(report_column(prefix || y, label || ' ' || y, label || ' ' || y, measure_unit, measure_unit is not null) order by y), '{}')
    from generate_series(first_year, last_year) y
$$;

CREATE FUNCTION public.year_filters(q public.report_question) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select projects_filters(q) - array['from', 'to', 'status'] || jsonb_build_object('plan_year', q.year)
$$;

COMMENT ON FUNCTION public.year_filters(q public.report_question) IS 'The parameters of listProjects that give the projects of planned_projects().';

CREATE TABLE public.admin_unit_map (
    code text NOT NULL,
    valid_from date NOT NULL,
    valid_to date NOT NULL,
    on_code text NOT NULL,
    on_from date NOT NULL,
    on_to date NOT NULL,
    is_only boolean NOT NULL
);

ALTER TABLE ONLY public.admin_unit_map FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.admin_unit_map IS 'Closure of the successions, made by the loader: a unit recorded with code between valid_from and valid_to lies, on the map of any day between on_from and on_to, in on_code. Forwards, backwards and itself; open ends are infinity.';

COMMENT ON COLUMN public.admin_unit_map.is_only IS 'No other unit comes into question on those days. False: the territory was divided, or (backwards) was several units.';

CREATE TABLE public.admin_unit_name (
    code text NOT NULL,
    valid_from date NOT NULL,
    full_name text NOT NULL,
    source text NOT NULL,
    tier text NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    marked text NOT NULL,
    parent_key text,
    province_key text,
    other_keys text[] NOT NULL,
    line text NOT NULL
);

ALTER TABLE ONLY public.admin_unit_name FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.admin_unit_name IS 'Every name of every row of admin_unit as a key for look-ups, with the names above it; made by the loader (db/reference/registry.sql).';

COMMENT ON COLUMN public.admin_unit_name.valid_from IS 'Of the row of admin_unit; the name itself may be older (earlier_state) and has no dates.';

COMMENT ON COLUMN public.admin_unit_name.source IS 'name: official; earlier_state: an older kind, name or parent; spelling_variant: written so in a resolution.';

COMMENT ON COLUMN public.admin_unit_name.kind IS 'Of the name: thị xã Bến Cát is a town, though the row is of the provincial city that it became.';

COMMENT ON COLUMN public.admin_unit_name.key IS 'lookup_key() of the name without the word for its kind.';

COMMENT ON COLUMN public.admin_unit_name.marked IS 'marked_key() of the same.';

COMMENT ON COLUMN public.admin_unit_name.parent_key IS 'Of the district above a commune of before 1/7/2025; null for others.';

COMMENT ON COLUMN public.admin_unit_name.province_key IS 'Of the province above; null for a province.';

COMMENT ON COLUMN public.admin_unit_name.other_keys IS 'Of districts and provinces in which the territory lay or lies at other times: people mix old and new.';

COMMENT ON COLUMN public.admin_unit_name.line IS 'key, parent_key and province_key behind each other, for search by similarity.';

CREATE TABLE public.brand_support (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    project_id uuid,
    project_line_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    brand_name text NOT NULL,
    product_id uuid,
    application_no text,
    filed_on date,
    registration_no text,
    registered_on date,
    CONSTRAINT brand_support_line_of_project CHECK (((project_line_id IS NULL) OR (project_id IS NOT NULL))),
    CONSTRAINT brand_support_registered_after_filed CHECK ((registered_on >= filed_on))
);

ALTER TABLE ONLY public.brand_support FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.brand_support IS 'Brands that were built and registered with support (xây dựng, đăng ký nhãn hiệu).';

COMMENT ON COLUMN public.brand_support.project_line_id IS 'The line of the project that it is for.';

COMMENT ON COLUMN public.brand_support.province_code IS 'Of the project, as organisation_id and codes_on; without a project, of whoever made it.';

COMMENT ON COLUMN public.brand_support.codes_on IS 'Day on whose map province_code is read.';

CREATE TABLE public.certificate_log (
    leaf_index bigint NOT NULL,
    certificate_id uuid NOT NULL,
    leaf text NOT NULL,
    recorded_at timestamp with time zone DEFAULT public.current_instant() NOT NULL,
    CONSTRAINT certificate_log_leaf_index_range CHECK ((leaf_index >= 0))
);

ALTER TABLE ONLY public.certificate_log FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.certificate_log IS 'What certificates became, in the order in which it was recorded. Append only, gapless from 0.';

COMMENT ON COLUMN public.certificate_log.leaf IS 'JSON of public members; its bytes (UTF-8) are what the tree hashes.';

CREATE TABLE public.client_secret (
    client_id uuid NOT NULL,
    slot integer NOT NULL,
    hash text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT client_secret_hash_form CHECK ((hash ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT client_secret_slot_check CHECK ((slot = ANY (ARRAY[1, 2])))
);

ALTER TABLE ONLY public.client_secret FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.client_secret IS 'Live secrets. Two places, so that a client can change its secret without a pause.';

COMMENT ON COLUMN public.client_secret.hash IS 'SHA-256 of 256 random bits; needs no salt, and the secret itself is kept nowhere.';

CREATE TABLE public.cluster_support (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    project_id uuid,
    project_line_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    cluster_name text NOT NULL,
    kind text NOT NULL,
    place jsonb,
    area_ha numeric(12,2),
    decision_no text,
    decided_on date,
    occupancy_percent numeric(5,2),
    CONSTRAINT cluster_support_area_range CHECK (((area_ha >= (0)::numeric) AND (area_ha <= (100000)::numeric))),
    CONSTRAINT cluster_support_kind_known CHECK ((kind = ANY (ARRAY['planning'::text, 'infrastructure'::text, 'linkage'::text]))),
    CONSTRAINT cluster_support_line_of_project CHECK (((project_line_id IS NULL) OR (project_id IS NOT NULL))),
    CONSTRAINT cluster_support_occupancy_range CHECK (((occupancy_percent >= (0)::numeric) AND (occupancy_percent <= (100)::numeric)))
);

ALTER TABLE ONLY public.cluster_support FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.cluster_support IS 'Industrial clusters that were planned, built or linked with support (cụm công nghiệp, cụm liên kết).';

COMMENT ON COLUMN public.cluster_support.project_line_id IS 'The line of the project that it is for.';

COMMENT ON COLUMN public.cluster_support.province_code IS 'Of the project, as organisation_id and codes_on; without a project, of whoever made it.';

COMMENT ON COLUMN public.cluster_support.codes_on IS 'Day on whose map province_code is read.';

COMMENT ON COLUMN public.cluster_support.decision_no IS 'That founded the cluster or approved its plan.';

CREATE TABLE public.demonstration_model (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    project_id uuid,
    project_line_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    name text NOT NULL,
    technology text,
    product text,
    is_cleaner_production boolean DEFAULT false NOT NULL,
    capacity text,
    demonstrated_on date,
    attended_count integer,
    replicated_count integer,
    result text,
    CONSTRAINT demonstration_model_counts_range CHECK ((LEAST(attended_count, replicated_count) >= 0)),
    CONSTRAINT demonstration_model_line_of_project CHECK (((project_line_id IS NULL) OR (project_id IS NOT NULL)))
);

ALTER TABLE ONLY public.demonstration_model FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.demonstration_model IS 'Demonstration models (mô hình trình diễn kỹ thuật, mô hình thí điểm sản xuất sạch hơn).';

COMMENT ON COLUMN public.demonstration_model.project_line_id IS 'The line of the project that it is for.';

COMMENT ON COLUMN public.demonstration_model.province_code IS 'Of the project, as organisation_id and codes_on; without a project, of whoever made it.';

COMMENT ON COLUMN public.demonstration_model.codes_on IS 'Day on whose map province_code is read.';

COMMENT ON COLUMN public.demonstration_model.attended_count IS 'Who came to the demonstration.';

COMMENT ON COLUMN public.demonstration_model.replicated_count IS 'Establishments that took it up since.';

CREATE TABLE public.difficulty (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    project_id uuid,
    project_line_id uuid,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    establishment_id uuid,
    place jsonb,
    reported_on date DEFAULT public.today() NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    description text NOT NULL,
    request text,
    forwarded_to_id uuid,
    answer text,
    status text DEFAULT 'open'::text NOT NULL,
    CONSTRAINT difficulty_line_of_project CHECK (((project_line_id IS NULL) OR (project_id IS NOT NULL))),
    CONSTRAINT difficulty_of_somebody CHECK ((num_nonnulls(project_id, establishment_id, place) > 0)),
    CONSTRAINT difficulty_status_known CHECK ((status = ANY (ARRAY['open'::text, 'forwarded'::text, 'resolved'::text]))),
    CONSTRAINT difficulty_tags_known CHECK (public.are_difficulty_tags(tags))
);

ALTER TABLE ONLY public.difficulty FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.difficulty IS 'Difficulties of projects and establishments, and what they ask for (khó khăn, vướng mắc).';

COMMENT ON COLUMN public.difficulty.project_line_id IS 'The line of the project that it is for.';

COMMENT ON COLUMN public.difficulty.province_code IS 'Of the project, as organisation_id and codes_on; without a project, of whoever made it.';

COMMENT ON COLUMN public.difficulty.codes_on IS 'Day on whose map province_code is read.';

COMMENT ON COLUMN public.difficulty.place IS 'province_code, commune_code, address_line, codes_on: where it is met.';

COMMENT ON COLUMN public.difficulty.tags IS 'capital, land, labour, materials, market, technology, procedure, environment.';

COMMENT ON COLUMN public.difficulty.forwarded_to_id IS 'Who is to solve it.';

CREATE TABLE public.display_point_product (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    display_point_id uuid NOT NULL,
    product_id uuid NOT NULL,
    "from" date,
    "to" date,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT display_point_product_ends_after_starts CHECK (("to" >= "from"))
);

ALTER TABLE ONLY public.display_point_product FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.display_point_product IS 'Products that are shown and sold at a point.';

COMMENT ON COLUMN public.display_point_product."to" IS 'Last day; null: still there.';

COMMENT ON COLUMN public.display_point_product.province_code IS 'Of the point.';

CREATE TABLE public.display_point_sale (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    display_point_id uuid NOT NULL,
    "from" date NOT NULL,
    "to" date NOT NULL,
    revenue_vnd bigint NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT display_point_sale_ends_after_starts CHECK (("to" >= "from")),
    CONSTRAINT display_point_sale_revenue_range CHECK (public.is_amount((revenue_vnd)::numeric))
);

ALTER TABLE ONLY public.display_point_sale FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.display_point_sale IS 'What a point sold in a period, normally a year; no day counts twice.';

COMMENT ON COLUMN public.display_point_sale.province_code IS 'Of the point.';

CREATE TABLE public.effect_survey (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    project_id uuid,
    project_line_id uuid,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    establishment_id uuid NOT NULL,
    product_id uuid,
    surveyed_on date NOT NULL,
    before jsonb,
    after jsonb,
    summary text,
    status text DEFAULT 'draft'::text NOT NULL,
    CONSTRAINT effect_survey_line_of_project CHECK (((project_line_id IS NULL) OR (project_id IS NOT NULL))),
    CONSTRAINT effect_survey_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'confirmed'::text])))
);

ALTER TABLE ONLY public.effect_survey FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.effect_survey IS 'Effect of support on an establishment, before and after (khảo sát hiệu quả).';

COMMENT ON COLUMN public.effect_survey.project_line_id IS 'The line of the project that it is for.';

COMMENT ON COLUMN public.effect_survey.province_code IS 'Of the project, as organisation_id and codes_on; without a project, of whoever made it.';

COMMENT ON COLUMN public.effect_survey.codes_on IS 'Day on whose map province_code is read.';

COMMENT ON COLUMN public.effect_survey.before IS '{year, revenue_vnd, assets_vnd, jobs_count, income_vnd, energy, water, waste}; the last three {value, measure_unit}.';

COMMENT ON COLUMN public.effect_survey.after IS 'As before.';

COMMENT ON COLUMN public.effect_survey.summary IS 'What the source says in words, where it has no figures.';

CREATE SEQUENCE public.establishment_code
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.external_ref (
    record_type text NOT NULL,
    record_id uuid NOT NULL,
    system text NOT NULL,
    ref text NOT NULL,
    province_code text,
    organisation_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.external_ref FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.external_ref IS 'Keys under which partners know our records.';

COMMENT ON COLUMN public.external_ref.system IS 'The partner''s name for his system.';

COMMENT ON COLUMN public.external_ref.province_code IS 'Territory of the record; null: none.';

COMMENT ON COLUMN public.external_ref.organisation_id IS 'Whose key it is: two organisations may use the same system and ref for different records.';

CREATE TABLE public.fair (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    project_id uuid,
    project_line_id uuid,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    name text NOT NULL,
    kind text NOT NULL,
    activity_code text,
    country_code text DEFAULT 'VN'::text NOT NULL,
    place jsonb,
    venue text,
    starts_on date,
    ends_on date,
    booths_count integer,
    establishments_count integer,
    contracts_count integer,
    sales_vnd bigint,
    cost_vnd bigint,
    status text DEFAULT 'planned'::text NOT NULL,
    CONSTRAINT fair_cost_range CHECK (public.is_amount((cost_vnd)::numeric)),
    CONSTRAINT fair_counts_range CHECK ((LEAST(booths_count, establishments_count, contracts_count) >= 0)),
    CONSTRAINT fair_ends_after_starts CHECK ((ends_on >= starts_on)),
    CONSTRAINT fair_kind_known CHECK ((kind = ANY (ARRAY['organised'::text, 'joined'::text]))),
    CONSTRAINT fair_line_of_project CHECK (((project_line_id IS NULL) OR (project_id IS NOT NULL))),
    CONSTRAINT fair_sales_range CHECK (public.is_amount((sales_vnd)::numeric)),
    CONSTRAINT fair_status_known CHECK ((status = ANY (ARRAY['planned'::text, 'registered'::text, 'held'::text, 'reported'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY public.fair FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.fair IS 'Fairs and exhibitions (hội chợ, triển lãm).';

COMMENT ON COLUMN public.fair.project_line_id IS 'The line of the project that it is for.';

COMMENT ON COLUMN public.fair.province_code IS 'Of the project, as organisation_id and codes_on; without a project, of whoever made it.';

COMMENT ON COLUMN public.fair.codes_on IS 'Day on whose map province_code is read.';

COMMENT ON COLUMN public.fair.kind IS 'organised (tổ chức) or joined (tham gia hội chợ khác).';

COMMENT ON COLUMN public.fair.country_code IS 'ISO 3166-1 alpha-2; abroad when it is not VN.';

COMMENT ON COLUMN public.fair.booths_count IS 'Of all who took part with support; …/booths lists those that are recorded one by one.';

CREATE TABLE public.fair_booth (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    fair_id uuid NOT NULL,
    establishment_id uuid,
    booth_no text,
    products text[] DEFAULT '{}'::text[] NOT NULL,
    rent_vnd bigint,
    support_vnd bigint,
    contracts_count integer,
    sales_vnd bigint,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    CONSTRAINT fair_booth_contracts_range CHECK ((contracts_count >= 0)),
    CONSTRAINT fair_booth_rent_range CHECK (public.is_amount((rent_vnd)::numeric)),
    CONSTRAINT fair_booth_sales_range CHECK (public.is_amount((sales_vnd)::numeric)),
    CONSTRAINT fair_booth_support_range CHECK (public.is_amount((support_vnd)::numeric)),
    CONSTRAINT fair_booth_support_within_rent CHECK ((support_vnd <= rent_vnd))
);

ALTER TABLE ONLY public.fair_booth FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.fair_booth IS 'Booths (gian hàng) at a fair, and whose they were.';

COMMENT ON COLUMN public.fair_booth.province_code IS 'Of the fair.';

CREATE TABLE public.file_chunk (
    content_id uuid NOT NULL,
    first_byte bigint NOT NULL,
    bytes bytea NOT NULL,
    CONSTRAINT file_chunk_length CHECK (((octet_length(bytes) >= 1) AND (octet_length(bytes) <= 262144)))
);
ALTER TABLE ONLY public.file_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;

ALTER TABLE ONLY public.file_chunk FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.file_chunk IS 'Bytes of files in the order in which they came. Append only; they go only with a content that never became whole.';

COMMENT ON COLUMN public.file_chunk.bytes IS 'Not compressed: a range of a file is read without what stands before it.';

CREATE TABLE public.file_citation (
    file_id uuid NOT NULL,
    record_type text NOT NULL,
    record_id uuid NOT NULL,
    transition_id uuid,
    organisation_id uuid,
    province_code text,
    cited_at timestamp with time zone DEFAULT public.current_instant() NOT NULL
);

ALTER TABLE ONLY public.file_citation FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.file_citation IS 'Which records cite a file: by an act, or (without transition_id) in themselves. Append only: a paper that somebody has acted on is not taken away.';

COMMENT ON COLUMN public.file_citation.record_type IS 'Name of the record''s table.';

COMMENT ON COLUMN public.file_citation.organisation_id IS 'Owner of the record that cites.';

COMMENT ON COLUMN public.file_citation.province_code IS 'Territory of the record that cites.';

CREATE TABLE public.file_content (
    id uuid NOT NULL,
    received_bytes bigint DEFAULT 0 NOT NULL,
    sniffed_type text,
    is_whole boolean DEFAULT false NOT NULL,
    client_id uuid DEFAULT (public.claim('app.client_id'::text))::uuid NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text,
    began_at timestamp with time zone DEFAULT public.current_instant() NOT NULL
);

ALTER TABLE ONLY public.file_content FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.file_content IS 'The bytes of one file as far as they have come. Without a file of the same id: an upload that is going on, or was cut.';

COMMENT ON COLUMN public.file_content.sniffed_type IS 'Media type by the first bytes (libmagic).';

COMMENT ON COLUMN public.file_content.is_whole IS 'All bytes are there and have the digest; from then on nothing is added.';

CREATE TABLE public.file_type (
    media_type text NOT NULL,
    extensions text[] NOT NULL,
    seen_as text[] NOT NULL,
    label_vi text NOT NULL,
    label_en text NOT NULL,
    is_taken boolean DEFAULT true NOT NULL
);

ALTER TABLE ONLY public.file_type FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.file_type IS 'Media types that are taken; loaded from db/reference/file_types.csv. What is not listed, as HTML, SVG and programs, is refused.';

COMMENT ON COLUMN public.file_type.extensions IS 'How a file name of this type may end, in lower case.';

COMMENT ON COLUMN public.file_type.seen_as IS 'Types that the first bytes may look like: what is declared and what is there must not contradict each other.';

COMMENT ON COLUMN public.file_type.is_taken IS 'False: no new file of this type, but there are old ones.';

CREATE TABLE public.history (
    id bigint NOT NULL,
    record_type text NOT NULL,
    record_id uuid NOT NULL,
    version integer NOT NULL,
    event text NOT NULL,
    at timestamp with time zone NOT NULL,
    client_id uuid,
    organisation_id uuid,
    operation text,
    trace_id text,
    row_data jsonb NOT NULL,
    user_id uuid
);

ALTER TABLE ONLY public.history FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.history IS 'Every state a record ever had, deletion included. Written by the trigger of track() alone; the service can neither write nor read it directly.';

COMMENT ON COLUMN public.history.record_type IS 'Name of the table.';

COMMENT ON COLUMN public.history.version IS 'Version of the record after the event.';

COMMENT ON COLUMN public.history.event IS 'created, updated, deleted or restored.';

COMMENT ON COLUMN public.history.organisation_id IS 'Of the caller; the record''s own owner stands in row_data.';

COMMENT ON COLUMN public.history.operation IS 'operationId of the contract; null when no request was the cause.';

COMMENT ON COLUMN public.history.row_data IS 'The row after the event (before it, when the row itself was removed), without generated columns.';

COMMENT ON COLUMN public.history.user_id IS 'The person on whose behalf the client called; null: it named none.';

ALTER TABLE public.history ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.history_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.idempotency_key (
    client_id uuid NOT NULL,
    method text NOT NULL,
    path text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    status integer NOT NULL,
    body text,
    headers jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.idempotency_key FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.idempotency_key IS 'Successful answers to POST requests with an Idempotency-Key, kept for 72 hours.';

COMMENT ON COLUMN public.idempotency_key.fingerprint IS 'Digest of the request: the same key with another request is refused.';

COMMENT ON COLUMN public.idempotency_key.headers IS 'etag and location of the answer.';

CREATE TABLE public.inspection (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    project_id uuid NOT NULL,
    project_line_id uuid,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    kind text NOT NULL,
    planned_on date,
    inspected_on date,
    team jsonb DEFAULT '[]'::jsonb NOT NULL,
    minutes_no text,
    findings jsonb DEFAULT '[]'::jsonb NOT NULL,
    conclusion text,
    status text DEFAULT 'planned'::text NOT NULL,
    CONSTRAINT inspection_findings_shape CHECK (public.are_findings(findings)),
    CONSTRAINT inspection_kind_known CHECK ((kind = ANY (ARRAY['periodic'::text, 'unannounced'::text, 'inspectorate'::text]))),
    CONSTRAINT inspection_line_of_project CHECK (((project_line_id IS NULL) OR (project_id IS NOT NULL))),
    CONSTRAINT inspection_status_known CHECK ((status = ANY (ARRAY['planned'::text, 'carried_out'::text, 'closed'::text, 'escalated'::text]))),
    CONSTRAINT inspection_team_shape CHECK (public.are_objects(team))
);

ALTER TABLE ONLY public.inspection FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.inspection IS 'Inspections and supervision (kiểm tra, giám sát) with what they found.';

COMMENT ON COLUMN public.inspection.project_line_id IS 'The line of the project that it is for.';

COMMENT ON COLUMN public.inspection.province_code IS 'Of the project, as organisation_id and codes_on; without a project, of whoever made it.';

COMMENT ON COLUMN public.inspection.codes_on IS 'Day on whose map province_code is read.';

COMMENT ON COLUMN public.inspection.kind IS 'periodic (định kỳ), unannounced (đột xuất), inspectorate (thanh tra).';

COMMENT ON COLUMN public.inspection.team IS '[{organisation_name, position, duty}]: bodies and posts, not names.';

COMMENT ON COLUMN public.inspection.findings IS '[{severity, description, due_on, status, remedied_on}]; status open or remedied, with the day.';

CREATE TABLE public.merkle_node (
    level integer NOT NULL,
    place bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT merkle_node_hash_length CHECK ((length(hash) = 32))
);

ALTER TABLE ONLY public.merkle_node FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.merkle_node IS 'Hashes of the full subtrees: (level, place) covers the 2^level leaves from place × 2^level on. A proof reads a few of them, however long the log is.';

CREATE TABLE public.migration (
    number integer NOT NULL,
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    sha256 text NOT NULL
);

COMMENT ON TABLE public.migration IS 'Files of db/migrations that this database has; written by db/migrate.';

COMMENT ON COLUMN public.migration.sha256 IS 'Of the file as it was applied: an applied file is never edited, a change is refused.';

CREATE TABLE public.norm_territory (
    norm_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date NOT NULL,
    valid_from date,
    valid_to date,
    CONSTRAINT norm_territory_ends_after_starts CHECK ((valid_to >= valid_from)),
    CONSTRAINT norm_territory_province_format CHECK ((province_code ~ '^[0-9]{2}$'::text))
);

ALTER TABLE ONLY public.norm_territory FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.norm_territory IS 'Where a local norm holds: units as they were on a day, with the days for which that is so. After a merger the old norm goes on in its old territory.';

COMMENT ON COLUMN public.norm_territory.codes_on IS 'Day on whose map the code is read.';

COMMENT ON COLUMN public.norm_territory.valid_to IS 'Last day of the norm in this unit, when a new council decided otherwise; null: open.';

CREATE TABLE public.open_member (
    record_type text NOT NULL,
    status text NOT NULL,
    part text NOT NULL,
    members text[] NOT NULL,
    note text,
    CONSTRAINT open_member_members_given CHECK ((cardinality(members) > 0))
);

ALTER TABLE ONLY public.open_member FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.open_member IS 'Which members of a record and of its parts may be changed in which state; everything else is frozen. Loaded from db/reference/open_members.csv.';

COMMENT ON COLUMN public.open_member.status IS '* for every state.';

COMMENT ON COLUMN public.open_member.part IS 'Name of the table whose rows are changed, the record''s own or that of its parts; with a + behind it: what a row that is added may have.';

COMMENT ON COLUMN public.open_member.members IS 'Names of columns; * for all, and for adding and removing rows.';

CREATE SEQUENCE public.organisation_code
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.plan_table_column (
    place integer NOT NULL,
    key text NOT NULL,
    label_vi text NOT NULL,
    label_en text NOT NULL,
    measure_unit text,
    is_text boolean NOT NULL,
    is_additive boolean NOT NULL,
    member text,
    note text
);

ALTER TABLE ONLY public.plan_table_column FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.plan_table_column IS 'Columns of the plan table (biểu kế hoạch) in their order; loaded from db/reference/plan_table_columns.csv.';

COMMENT ON COLUMN public.plan_table_column.key IS 'Member of the values of a row; number and name stand before them.';

COMMENT ON COLUMN public.plan_table_column.member IS 'What of a project an import makes of it; null: nothing.';

CREATE TABLE public.pollution_support (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    project_id uuid,
    project_line_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    system text NOT NULL,
    pollutants text[] DEFAULT '{}'::text[] NOT NULL,
    capacity text,
    cluster_name text,
    commissioned_on date,
    meets_standard boolean,
    CONSTRAINT pollution_support_line_of_project CHECK (((project_line_id IS NULL) OR (project_id IS NOT NULL))),
    CONSTRAINT pollution_support_pollutants_known CHECK ((pollutants <@ '{wastewater,exhaust_gas,solid_waste,noise,dust}'::text[]))
);

ALTER TABLE ONLY public.pollution_support FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.pollution_support IS 'Systems of pollution treatment that were repaired or upgraded (xử lý ô nhiễm).';

COMMENT ON COLUMN public.pollution_support.project_line_id IS 'The line of the project that it is for.';

COMMENT ON COLUMN public.pollution_support.province_code IS 'Of the project, as organisation_id and codes_on; without a project, of whoever made it.';

COMMENT ON COLUMN public.pollution_support.codes_on IS 'Day on whose map province_code is read.';

COMMENT ON COLUMN public.pollution_support.cluster_name IS 'When it serves a cluster and not one establishment.';

COMMENT ON COLUMN public.pollution_support.meets_standard IS 'By a test after it went into operation; null: not tested.';

CREATE TABLE public.record_status (
    record_type text NOT NULL,
    status text NOT NULL,
    stage text NOT NULL,
    place integer NOT NULL,
    label_vi text NOT NULL,
    label_en text NOT NULL
);

ALTER TABLE ONLY public.record_status FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.record_status IS 'States that records can have; loaded from db/reference/record_statuses.csv.';

COMMENT ON COLUMN public.record_status.record_type IS 'Name of the table.';

COMMENT ON COLUMN public.record_status.stage IS 'Where people think a record in this state is.';

COMMENT ON COLUMN public.record_status.place IS 'Order of the states for people.';

CREATE TABLE public.reference_load (
    sha256 text NOT NULL,
    loaded_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE public.reference_load IS 'Which state of db/reference was loaded last; written by db/migrate.';

CREATE TABLE public.relocation_support (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    project_id uuid,
    project_line_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    bank_name text NOT NULL,
    loan_vnd bigint,
    interest_percent numeric(6,3),
    months integer,
    interest_paid_vnd bigint,
    cluster_name text,
    relocated_on date,
    CONSTRAINT relocation_support_interest_paid_range CHECK (public.is_amount((interest_paid_vnd)::numeric)),
    CONSTRAINT relocation_support_interest_range CHECK (((interest_percent >= (0)::numeric) AND (interest_percent <= (100)::numeric))),
    CONSTRAINT relocation_support_line_of_project CHECK (((project_line_id IS NULL) OR (project_id IS NOT NULL))),
    CONSTRAINT relocation_support_loan_range CHECK (public.is_amount((loan_vnd)::numeric)),
    CONSTRAINT relocation_support_months_range CHECK (((months >= 1) AND (months <= 600)))
);

ALTER TABLE ONLY public.relocation_support FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.relocation_support IS 'Interest on loans for moving polluting establishments into clusters (hỗ trợ lãi suất di dời).';

COMMENT ON COLUMN public.relocation_support.project_line_id IS 'The line of the project that it is for.';

COMMENT ON COLUMN public.relocation_support.province_code IS 'Of the project, as organisation_id and codes_on; without a project, of whoever made it.';

COMMENT ON COLUMN public.relocation_support.codes_on IS 'Day on whose map province_code is read.';

COMMENT ON COLUMN public.relocation_support.interest_percent IS 'A year.';

COMMENT ON COLUMN public.relocation_support.cluster_name IS 'Where the establishment went.';

CREATE TABLE public.seminar (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    project_id uuid,
    project_line_id uuid,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    name text NOT NULL,
    purpose text,
    activity_code text,
    host_organisation_id uuid,
    place jsonb,
    starts_on date,
    ends_on date,
    people_count integer,
    turns_count integer,
    cost_vnd bigint,
    status text DEFAULT 'planned'::text NOT NULL,
    CONSTRAINT seminar_cost_range CHECK (public.is_amount((cost_vnd)::numeric)),
    CONSTRAINT seminar_counts_range CHECK ((LEAST(people_count, turns_count) >= 0)),
    CONSTRAINT seminar_ends_after_starts CHECK ((ends_on >= starts_on)),
    CONSTRAINT seminar_line_of_project CHECK (((project_line_id IS NULL) OR (project_id IS NOT NULL))),
    CONSTRAINT seminar_status_known CHECK ((status = ANY (ARRAY['planned'::text, 'held'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY public.seminar FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.seminar IS 'Seminars (hội thảo, hội nghị chuyên đề).';

COMMENT ON COLUMN public.seminar.project_line_id IS 'The line of the project that it is for.';

COMMENT ON COLUMN public.seminar.province_code IS 'Of the project, as organisation_id and codes_on; without a project, of whoever made it.';

COMMENT ON COLUMN public.seminar.codes_on IS 'Day on whose map province_code is read.';

COMMENT ON COLUMN public.seminar.turns_count IS 'Lượt người: who came twice counts twice.';

CREATE TABLE public.showroom (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    project_id uuid,
    project_line_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    name text NOT NULL,
    kind text NOT NULL,
    place jsonb,
    area_m2 numeric(12,2),
    opened_on date,
    equipment text,
    CONSTRAINT showroom_area_range CHECK (((area_m2 >= (0)::numeric) AND (area_m2 <= (1000000)::numeric))),
    CONSTRAINT showroom_kind_known CHECK ((kind = ANY (ARRAY['centre'::text, 'establishment'::text]))),
    CONSTRAINT showroom_line_of_project CHECK (((project_line_id IS NULL) OR (project_id IS NOT NULL)))
);

ALTER TABLE ONLY public.showroom FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.showroom IS 'Showrooms (phòng trưng bày) that were built or fitted out with support.';

COMMENT ON COLUMN public.showroom.project_line_id IS 'The line of the project that it is for.';

COMMENT ON COLUMN public.showroom.province_code IS 'Of the project, as organisation_id and codes_on; without a project, of whoever made it.';

COMMENT ON COLUMN public.showroom.codes_on IS 'Day on whose map province_code is read.';

COMMENT ON COLUMN public.showroom.kind IS 'centre: of a promotion centre; establishment: of a producer.';

CREATE TABLE public.signing_key (
    kid text NOT NULL,
    purpose text NOT NULL,
    serial_no integer NOT NULL,
    algorithm text NOT NULL,
    private_key_encrypted bytea NOT NULL,
    public_jwk jsonb,
    not_before timestamp with time zone,
    retired_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT signing_key_purpose_check CHECK ((purpose = ANY (ARRAY['token'::text, 'cursor'::text, 'certificate'::text, 'checkpoint'::text, 'feed'::text])))
);

ALTER TABLE ONLY public.signing_key FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.signing_key IS 'The service''s own keys, shared by all replicas. A key has one purpose and signs nothing else.';

COMMENT ON COLUMN public.signing_key.kid IS 'RFC 7638 thumbprint.';

COMMENT ON COLUMN public.signing_key.serial_no IS 'Counts within the purpose; unique, so that of several services which start at once on an empty table one makes the first key.';

COMMENT ON COLUMN public.signing_key.private_key_encrypted IS 'AES-256-GCM by KC_MASTER_KEY: nonce, cipher text, tag; purpose/kid is the additional data.';

COMMENT ON COLUMN public.signing_key.public_jwk IS 'The public half, to check what was signed when the private one is gone; null for symmetric keys.';

COMMENT ON COLUMN public.signing_key.not_before IS 'From then on it signs, being published before; null: at once. The newest key that has begun signs.';

COMMENT ON COLUMN public.signing_key.retired_at IS 'From then on nothing it signed is accepted.';

CREATE TABLE public.study_tour (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    project_id uuid,
    project_line_id uuid,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    name text NOT NULL,
    purpose text,
    activity_code text,
    host_organisation_id uuid,
    destination text,
    country_code text DEFAULT 'VN'::text NOT NULL,
    starts_on date,
    ends_on date,
    people_count integer,
    establishments_count integer,
    turns_count integer,
    cost_vnd bigint,
    status text DEFAULT 'planned'::text NOT NULL,
    CONSTRAINT study_tour_cost_range CHECK (public.is_amount((cost_vnd)::numeric)),
    CONSTRAINT study_tour_counts_range CHECK ((LEAST(people_count, establishments_count, turns_count) >= 0)),
    CONSTRAINT study_tour_ends_after_starts CHECK ((ends_on >= starts_on)),
    CONSTRAINT study_tour_line_of_project CHECK (((project_line_id IS NULL) OR (project_id IS NOT NULL))),
    CONSTRAINT study_tour_status_known CHECK ((status = ANY (ARRAY['planned'::text, 'held'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY public.study_tour FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.study_tour IS 'Study tours and visits (đoàn tham quan, học tập).';

COMMENT ON COLUMN public.study_tour.project_line_id IS 'The line of the project that it is for.';

COMMENT ON COLUMN public.study_tour.province_code IS 'Of the project, as organisation_id and codes_on; without a project, of whoever made it.';

COMMENT ON COLUMN public.study_tour.codes_on IS 'Day on whose map province_code is read.';

COMMENT ON COLUMN public.study_tour.country_code IS 'ISO 3166-1 alpha-2.';

CREATE TABLE public.submit_requirement (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    record_type text NOT NULL,
    place integer NOT NULL,
    applies_to jsonb DEFAULT '{}'::jsonb NOT NULL,
    member text,
    check_code text,
    pointer text NOT NULL,
    label_vi text NOT NULL,
    label_en text NOT NULL,
    legal_basis text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    certainty text NOT NULL,
    enforcement text NOT NULL,
    note text,
    CONSTRAINT submit_requirement_applies_to_shape CHECK ((jsonb_typeof(applies_to) = 'object'::text)),
    CONSTRAINT submit_requirement_certainty_known CHECK ((certainty = ANY (ARRAY['verified'::text, 'second_hand'::text, 'uncertain'::text]))),
    CONSTRAINT submit_requirement_ends_after_starts CHECK ((valid_to >= valid_from)),
    CONSTRAINT submit_requirement_enforcement_known CHECK ((enforcement = ANY (ARRAY['block'::text, 'warn'::text]))),
    CONSTRAINT submit_requirement_member_or_check CHECK (((member IS NULL) <> (check_code IS NULL))),
    CONSTRAINT submit_requirement_pointer_form CHECK ((pointer ~ '^#/'::text)),
    CONSTRAINT submit_requirement_uncertain_warns CHECK (((certainty <> 'uncertain'::text) OR (enforcement = 'warn'::text)))
);

ALTER TABLE ONLY public.submit_requirement FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.submit_requirement IS 'What a record must have when it is submitted, on what basis; loaded from db/reference/submit_requirements.csv. The day of the act (acted_on) chooses the rows.';

COMMENT ON COLUMN public.submit_requirement.place IS 'Order in which faults are named.';

COMMENT ON COLUMN public.submit_requirement.applies_to IS 'Members the record must have for the row to count, for example {"scale": "group"}; {}: every record.';

COMMENT ON COLUMN public.submit_requirement.member IS 'Member of the record that may not be null, blank or empty; or null and check_code instead.';

COMMENT ON COLUMN public.submit_requirement.check_code IS 'A rule that looks further, made by the record''s own function; also the code of the fault.';

COMMENT ON COLUMN public.submit_requirement.pointer IS 'Where the fault is, in the record.';

COMMENT ON COLUMN public.submit_requirement.certainty IS 'How well the row is founded: verified, second_hand or uncertain.';

COMMENT ON COLUMN public.submit_requirement.enforcement IS 'block: the record is not submitted without; warn: it is, and the warning is kept with the act. Uncertain rows only warn.';

COMMENT ON COLUMN public.submit_requirement.note IS 'On what the row rests, for those who keep it.';

CREATE TABLE public.training_class (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    project_id uuid,
    project_line_id uuid,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    name text NOT NULL,
    kind text NOT NULL,
    class_no text,
    activity_code text,
    audience text,
    trade_code text,
    place jsonb,
    starts_on date,
    ends_on date,
    hours integer,
    planned_count integer,
    attended_count integer,
    female_count integer,
    minority_count integer,
    poor_household_count integer,
    certified_count integer,
    employed_count integer,
    trainer_name text,
    cost_vnd bigint,
    status text DEFAULT 'planned'::text NOT NULL,
    CONSTRAINT training_class_cost_range CHECK (public.is_amount((cost_vnd)::numeric)),
    CONSTRAINT training_class_counts_range CHECK ((LEAST(hours, planned_count, attended_count, female_count, minority_count, poor_household_count, certified_count, employed_count) >= 0)),
    CONSTRAINT training_class_ends_after_starts CHECK ((ends_on >= starts_on)),
    CONSTRAINT training_class_kind_known CHECK ((kind = ANY (ARRAY['vocational'::text, 'craft'::text, 'management'::text, 'start_up'::text, 'awareness'::text, 'staff'::text]))),
    CONSTRAINT training_class_line_of_project CHECK (((project_line_id IS NULL) OR (project_id IS NOT NULL))),
    CONSTRAINT training_class_status_known CHECK ((status = ANY (ARRAY['planned'::text, 'enrolling'::text, 'running'::text, 'finished'::text, 'certified'::text, 'cancelled'::text]))),
    CONSTRAINT training_class_within_attended CHECK ((GREATEST(female_count, minority_count, poor_household_count, certified_count, employed_count) <= attended_count))
);

ALTER TABLE ONLY public.training_class FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.training_class IS 'Training classes (lớp đào tạo, truyền nghề, tập huấn).';

COMMENT ON COLUMN public.training_class.project_line_id IS 'The line of the project that it is for.';

COMMENT ON COLUMN public.training_class.province_code IS 'Of the project, as organisation_id and codes_on; without a project, of whoever made it.';

COMMENT ON COLUMN public.training_class.codes_on IS 'Day on whose map province_code is read.';

COMMENT ON COLUMN public.training_class.kind IS 'vocational (đào tạo nghề), craft (truyền nghề), management (quản lý), start_up (khởi sự), awareness (nhận thức), staff (cán bộ khuyến công).';

COMMENT ON COLUMN public.training_class.employed_count IS 'Who has work in the trade after it.';

COMMENT ON COLUMN public.training_class.trainer_name IS 'The school, centre or firm that trains.';

CREATE TABLE public.voting_council (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text,
    codes_on date NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    round_id uuid NOT NULL,
    kind text NOT NULL,
    decision jsonb,
    members jsonb DEFAULT '[]'::jsonb NOT NULL,
    conflicts jsonb DEFAULT '[]'::jsonb NOT NULL,
    starts_on date,
    ends_on date,
    status text DEFAULT 'active'::text NOT NULL,
    CONSTRAINT voting_council_conflicts_shape CHECK (public.are_objects(conflicts)),
    CONSTRAINT voting_council_ends_after_starts CHECK ((ends_on >= starts_on)),
    CONSTRAINT voting_council_kind_known CHECK ((kind = ANY (ARRAY['council'::text, 'jury'::text]))),
    CONSTRAINT voting_council_members_shape CHECK (public.are_objects(members)),
    CONSTRAINT voting_council_status_known CHECK ((status = ANY (ARRAY['active'::text, 'ended'::text])))
);

ALTER TABLE ONLY public.voting_council FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.voting_council IS 'Councils (hội đồng bình chọn) and juries (ban giám khảo) of a round.';

COMMENT ON COLUMN public.voting_council.province_code IS 'Territory, as coded on codes_on; null: of a region or of the centre.';

COMMENT ON COLUMN public.voting_council.codes_on IS 'Day on whose map province_code is read.';

COMMENT ON COLUMN public.voting_council.members IS '[{seat, role, position, organisation_name}]: posts and bodies, not names.';

COMMENT ON COLUMN public.voting_council.conflicts IS '[{seat, establishment_id, reason}]: who does not score whose products.';

CREATE TABLE public.voting_product_group (
    code text NOT NULL,
    label_vi text NOT NULL,
    label_en text NOT NULL,
    place integer NOT NULL,
    legal_basis text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    certainty text NOT NULL,
    note text,
    CONSTRAINT voting_product_group_certainty_known CHECK ((certainty = ANY (ARRAY['verified'::text, 'second_hand'::text, 'uncertain'::text]))),
    CONSTRAINT voting_product_group_valid_to_order CHECK ((valid_to >= valid_from))
);

ALTER TABLE ONLY public.voting_product_group FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.voting_product_group IS 'Groups in which products are judged; loaded from db/reference/voting_product_groups.csv.';

CREATE TABLE public.voting_regulation (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text,
    codes_on date NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    tier text NOT NULL,
    name text NOT NULL,
    document_no text NOT NULL,
    issued_on date,
    issuer_name text NOT NULL,
    min_score numeric(5,2) NOT NULL,
    score_operator text NOT NULL,
    criteria jsonb DEFAULT '[]'::jsonb NOT NULL,
    prizes jsonb DEFAULT '[]'::jsonb NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    certainty text DEFAULT 'verified'::text NOT NULL,
    CONSTRAINT voting_regulation_certainty_known CHECK ((certainty = ANY (ARRAY['verified'::text, 'second_hand'::text, 'uncertain'::text]))),
    CONSTRAINT voting_regulation_criteria_shape CHECK (public.are_objects(criteria)),
    CONSTRAINT voting_regulation_min_score_range CHECK (((min_score >= (0)::numeric) AND (min_score <= (100)::numeric))),
    CONSTRAINT voting_regulation_operator_known CHECK ((score_operator = ANY (ARRAY['gte'::text, 'gt'::text]))),
    CONSTRAINT voting_regulation_prizes_shape CHECK (public.are_objects(prizes)),
    CONSTRAINT voting_regulation_province_tier CHECK (((tier = ANY (ARRAY['central'::text, 'region'::text])) = (province_code IS NULL))),
    CONSTRAINT voting_regulation_tier_known CHECK ((tier = ANY (ARRAY['central'::text, 'region'::text, 'province'::text, 'district'::text]))),
    CONSTRAINT voting_regulation_valid_to_order CHECK ((valid_to >= valid_from))
);

ALTER TABLE ONLY public.voting_regulation FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.voting_regulation IS 'Regulations of the voting (quy chế bình chọn): the texts, dated, and the figures they set.';

COMMENT ON COLUMN public.voting_regulation.province_code IS 'Territory, as coded on codes_on; null: of a region or of the centre.';

COMMENT ON COLUMN public.voting_regulation.codes_on IS 'Day on whose map province_code is read.';

COMMENT ON COLUMN public.voting_regulation.score_operator IS 'gte: the minimum itself is enough; gt: more than the minimum.';

COMMENT ON COLUMN public.voting_regulation.criteria IS '[{code, label_vi, max_points}].';

COMMENT ON COLUMN public.voting_regulation.prizes IS '[{name, from_rank, to_rank, amount_vnd}]; to_rank null: all after.';

CREATE TABLE public.voting_score_sheet (
    id uuid DEFAULT public.uuidv7() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    codes_on date NOT NULL,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by uuid,
    deleted_at timestamp with time zone,
    council_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    seat integer NOT NULL,
    points jsonb NOT NULL,
    total numeric(5,2) NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    CONSTRAINT voting_score_sheet_points_shape CHECK (public.are_objects(points)),
    CONSTRAINT voting_score_sheet_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'submitted'::text]))),
    CONSTRAINT voting_score_sheet_total_range CHECK (((total >= (0)::numeric) AND (total <= (100)::numeric)))
);

ALTER TABLE ONLY public.voting_score_sheet FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.voting_score_sheet IS 'Score sheets of jurors (phiếu chấm), one for each seat and entry; locked once submitted.';

COMMENT ON COLUMN public.voting_score_sheet.province_code IS 'Of the entry.';

COMMENT ON COLUMN public.voting_score_sheet.codes_on IS 'Day on whose map province_code is read.';

COMMENT ON COLUMN public.voting_score_sheet.points IS '[{criterion_code, points, note}], every criterion of the regulation once.';

ALTER TABLE ONLY public.acceptance
    ADD CONSTRAINT acceptance_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.activity
    ADD CONSTRAINT activity_code_key UNIQUE (code, valid_from);

ALTER TABLE ONLY public.activity
    ADD CONSTRAINT activity_code_once EXCLUDE USING gist (code WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&);

ALTER TABLE ONLY public.activity
    ADD CONSTRAINT activity_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.admin_unit
    ADD CONSTRAINT admin_unit_code_overlap EXCLUDE USING gist (lower(code) WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&) DEFERRABLE;

ALTER TABLE ONLY public.admin_unit_map
    ADD CONSTRAINT admin_unit_map_pkey PRIMARY KEY (code, valid_from, on_code, on_from);

ALTER TABLE ONLY public.admin_unit_name
    ADD CONSTRAINT admin_unit_name_pkey PRIMARY KEY (code, valid_from, full_name, source);

ALTER TABLE ONLY public.admin_unit
    ADD CONSTRAINT admin_unit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.admin_unit_succession
    ADD CONSTRAINT admin_unit_succession_key UNIQUE (old_code, new_code, effective_on);

ALTER TABLE ONLY public.admin_unit_succession
    ADD CONSTRAINT admin_unit_succession_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.affected_area
    ADD CONSTRAINT affected_area_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.allocation
    ADD CONSTRAINT allocation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.annual_plan
    ADD CONSTRAINT annual_plan_code_key UNIQUE (code);

ALTER TABLE ONLY public.annual_plan_item
    ADD CONSTRAINT annual_plan_item_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.annual_plan_item_version
    ADD CONSTRAINT annual_plan_item_version_no_key UNIQUE (item_id, version_no);

ALTER TABLE ONLY public.annual_plan_item_version
    ADD CONSTRAINT annual_plan_item_version_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.annual_plan
    ADD CONSTRAINT annual_plan_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.appraisal
    ADD CONSTRAINT appraisal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.approving_authority
    ADD CONSTRAINT approving_authority_key UNIQUE (record_type, action, level, tier, valid_from);

ALTER TABLE ONLY public.approving_authority
    ADD CONSTRAINT approving_authority_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.brand_support
    ADD CONSTRAINT brand_support_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.certificate_log
    ADD CONSTRAINT certificate_log_pkey PRIMARY KEY (leaf_index);

ALTER TABLE ONLY public.certificate
    ADD CONSTRAINT certificate_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.certificate
    ADD CONSTRAINT certificate_public_no_key UNIQUE (public_no);

ALTER TABLE ONLY public.check_rule
    ADD CONSTRAINT check_rule_key UNIQUE (kind, valid_from);

ALTER TABLE ONLY public.check_rule
    ADD CONSTRAINT check_rule_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.client
    ADD CONSTRAINT client_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.client_secret
    ADD CONSTRAINT client_secret_pkey PRIMARY KEY (client_id, slot);

ALTER TABLE ONLY public.cluster_support
    ADD CONSTRAINT cluster_support_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.contract
    ADD CONSTRAINT contract_code_key UNIQUE (code);

ALTER TABLE ONLY public.contract
    ADD CONSTRAINT contract_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.demonstration_model
    ADD CONSTRAINT demonstration_model_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.difficulty
    ADD CONSTRAINT difficulty_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.display_point
    ADD CONSTRAINT display_point_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.display_point_product
    ADD CONSTRAINT display_point_product_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.display_point_sale
    ADD CONSTRAINT display_point_sale_period_key EXCLUDE USING gist (display_point_id WITH =, daterange("from", "to", '[]'::text) WITH &&) WHERE ((deleted_at IS NULL));

ALTER TABLE ONLY public.display_point_sale
    ADD CONSTRAINT display_point_sale_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.document_requirement
    ADD CONSTRAINT document_requirement_code_overlap EXCLUDE USING gist (record_type WITH =, code WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&);

ALTER TABLE ONLY public.document_requirement
    ADD CONSTRAINT document_requirement_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.effect_survey
    ADD CONSTRAINT effect_survey_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.eligible_area
    ADD CONSTRAINT eligible_area_once EXCLUDE USING gist (code WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&);

ALTER TABLE ONLY public.eligible_area
    ADD CONSTRAINT eligible_area_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.establishment
    ADD CONSTRAINT establishment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.establishment_year
    ADD CONSTRAINT establishment_year_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.external_ref
    ADD CONSTRAINT external_ref_key UNIQUE (record_type, organisation_id, system, ref);

ALTER TABLE ONLY public.fair_booth
    ADD CONSTRAINT fair_booth_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.fair
    ADD CONSTRAINT fair_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.file_chunk
    ADD CONSTRAINT file_chunk_pkey PRIMARY KEY (content_id, first_byte);

ALTER TABLE ONLY public.file_citation
    ADD CONSTRAINT file_citation_key UNIQUE NULLS NOT DISTINCT (file_id, record_type, record_id, transition_id);

ALTER TABLE ONLY public.file_content
    ADD CONSTRAINT file_content_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.file
    ADD CONSTRAINT file_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.file_type
    ADD CONSTRAINT file_type_pkey PRIMARY KEY (media_type);

ALTER TABLE ONLY public.history
    ADD CONSTRAINT history_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.idempotency_key
    ADD CONSTRAINT idempotency_key_pkey PRIMARY KEY (client_id, method, path, key);

ALTER TABLE ONLY public.import
    ADD CONSTRAINT import_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.inspection
    ADD CONSTRAINT inspection_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_allocation_once UNIQUE (allocation_id);

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_payment_request_once UNIQUE (payment_request_id);

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_reversed_once UNIQUE (reverses_id);

ALTER TABLE ONLY public.merkle_node
    ADD CONSTRAINT merkle_node_pkey PRIMARY KEY (level, place);

ALTER TABLE ONLY public.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (number);

ALTER TABLE ONLY public.norm
    ADD CONSTRAINT norm_once EXCLUDE USING gist (code WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&);

ALTER TABLE ONLY public.norm
    ADD CONSTRAINT norm_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.norm_territory
    ADD CONSTRAINT norm_territory_once EXCLUDE USING gist (norm_id WITH =, province_code WITH =, codes_on WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&);

ALTER TABLE ONLY public.ocop_product_set
    ADD CONSTRAINT ocop_product_set_code_key UNIQUE (set_code);

ALTER TABLE ONLY public.ocop_product_set
    ADD CONSTRAINT ocop_product_set_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.ocop_registration
    ADD CONSTRAINT ocop_registration_code_key UNIQUE (code);

ALTER TABLE ONLY public.ocop_registration
    ADD CONSTRAINT ocop_registration_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.ocop_registration
    ADD CONSTRAINT ocop_registration_product_code_key EXCLUDE USING gist (province_code WITH =, product_code WITH =, product_id WITH <>) WHERE ((deleted_at IS NULL));

ALTER TABLE ONLY public.ocop_round
    ADD CONSTRAINT ocop_round_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.open_member
    ADD CONSTRAINT open_member_pkey PRIMARY KEY (record_type, status, part);

ALTER TABLE ONLY public.organisation
    ADD CONSTRAINT organisation_agency_code_overlap EXCLUDE USING gist (agency_code WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&) WHERE ((deleted_at IS NULL));

ALTER TABLE ONLY public.organisation
    ADD CONSTRAINT organisation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.override
    ADD CONSTRAINT override_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.parameter
    ADD CONSTRAINT parameter_once EXCLUDE USING gist (code WITH =, COALESCE(level, ''::text) WITH =, COALESCE(province_code, ''::text) WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&);

ALTER TABLE ONLY public.parameter
    ADD CONSTRAINT parameter_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payment_request
    ADD CONSTRAINT payment_request_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.plan_adjustment
    ADD CONSTRAINT plan_adjustment_code_key UNIQUE (code);

ALTER TABLE ONLY public.plan_adjustment
    ADD CONSTRAINT plan_adjustment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.plan_call
    ADD CONSTRAINT plan_call_code_key UNIQUE (code);

ALTER TABLE ONLY public.plan_call
    ADD CONSTRAINT plan_call_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.plan_requirement
    ADD CONSTRAINT plan_requirement_key UNIQUE (level, valid_from);

ALTER TABLE ONLY public.plan_requirement
    ADD CONSTRAINT plan_requirement_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.plan_table_column
    ADD CONSTRAINT plan_table_column_key UNIQUE (key);

ALTER TABLE ONLY public.plan_table_column
    ADD CONSTRAINT plan_table_column_label_vi UNIQUE (label_vi);

ALTER TABLE ONLY public.plan_table_column
    ADD CONSTRAINT plan_table_column_pkey PRIMARY KEY (place);

ALTER TABLE ONLY public.pollution_support
    ADD CONSTRAINT pollution_support_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.priority_rule
    ADD CONSTRAINT priority_rule_once EXCLUDE USING gist (code WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&);

ALTER TABLE ONLY public.priority_rule
    ADD CONSTRAINT priority_rule_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.product
    ADD CONSTRAINT product_code_key UNIQUE (code);

ALTER TABLE ONLY public.product
    ADD CONSTRAINT product_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.programme
    ADD CONSTRAINT programme_code_key UNIQUE (code);

ALTER TABLE ONLY public.programme
    ADD CONSTRAINT programme_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.programme_version
    ADD CONSTRAINT programme_version_no_key UNIQUE (programme_id, version_no);

ALTER TABLE ONLY public.programme_version
    ADD CONSTRAINT programme_version_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.progress_report
    ADD CONSTRAINT progress_report_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.project
    ADD CONSTRAINT project_code_key UNIQUE (code);

ALTER TABLE ONLY public.project_funding
    ADD CONSTRAINT project_funding_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.project_line
    ADD CONSTRAINT project_line_of_project_key UNIQUE (project_id, id);

ALTER TABLE ONLY public.project_line
    ADD CONSTRAINT project_line_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.project_output
    ADD CONSTRAINT project_output_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.project
    ADD CONSTRAINT project_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.record_status
    ADD CONSTRAINT record_status_pkey PRIMARY KEY (record_type, status);

ALTER TABLE ONLY public.reference_load
    ADD CONSTRAINT reference_load_pkey PRIMARY KEY (sha256);

ALTER TABLE ONLY public.region_member
    ADD CONSTRAINT region_member_overlap EXCLUDE USING gist (region_code WITH =, province_code WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&) DEFERRABLE;

ALTER TABLE ONLY public.region_member
    ADD CONSTRAINT region_member_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.region
    ADD CONSTRAINT region_pkey PRIMARY KEY (code);

ALTER TABLE ONLY public.relocation_support
    ADD CONSTRAINT relocation_support_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.report_snapshot
    ADD CONSTRAINT report_snapshot_code_key UNIQUE (code);

ALTER TABLE ONLY public.report_snapshot
    ADD CONSTRAINT report_snapshot_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.revocation_ground
    ADD CONSTRAINT revocation_ground_pkey PRIMARY KEY (code);

ALTER TABLE ONLY public.role_assignment
    ADD CONSTRAINT role_assignment_overlap EXCLUDE USING gist (user_id WITH =, role WITH =, organisation_id WITH =, COALESCE(province_code, ''::text) WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&) WHERE ((deleted_at IS NULL));

ALTER TABLE ONLY public.role_assignment
    ADD CONSTRAINT role_assignment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.seminar
    ADD CONSTRAINT seminar_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.settlement
    ADD CONSTRAINT settlement_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.showroom
    ADD CONSTRAINT showroom_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.signing_key
    ADD CONSTRAINT signing_key_pkey PRIMARY KEY (kid);

ALTER TABLE ONLY public.signing_key
    ADD CONSTRAINT signing_key_serial_no_key UNIQUE (purpose, serial_no);

ALTER TABLE ONLY public.size_threshold
    ADD CONSTRAINT size_threshold_once EXCLUDE USING gist (code WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&);

ALTER TABLE ONLY public.size_threshold
    ADD CONSTRAINT size_threshold_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.snapshot
    ADD CONSTRAINT snapshot_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.snapshot
    ADD CONSTRAINT snapshot_transition_key UNIQUE (transition_id);

ALTER TABLE ONLY public.study_tour
    ADD CONSTRAINT study_tour_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.submit_requirement
    ADD CONSTRAINT submit_requirement_key UNIQUE (record_type, place, valid_from);

ALTER TABLE ONLY public.submit_requirement
    ADD CONSTRAINT submit_requirement_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.survey
    ADD CONSTRAINT survey_code_key UNIQUE (code);

ALTER TABLE ONLY public.survey
    ADD CONSTRAINT survey_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.target_assessment
    ADD CONSTRAINT target_assessment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.target
    ADD CONSTRAINT target_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.training_class
    ADD CONSTRAINT training_class_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.transition
    ADD CONSTRAINT transition_corrects_key UNIQUE (corrects_id);

ALTER TABLE ONLY public.transition
    ADD CONSTRAINT transition_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.transition
    ADD CONSTRAINT transition_record_version_key UNIQUE (record_type, record_id, record_version);

ALTER TABLE ONLY public.transition_rule
    ADD CONSTRAINT transition_rule_key UNIQUE (record_type, from_status, action, applies_to, valid_from);

ALTER TABLE ONLY public.transition_rule
    ADD CONSTRAINT transition_rule_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public."user"
    ADD CONSTRAINT user_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.voting_council
    ADD CONSTRAINT voting_council_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.voting_entry
    ADD CONSTRAINT voting_entry_code_key UNIQUE (code);

ALTER TABLE ONLY public.voting_entry
    ADD CONSTRAINT voting_entry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.voting_product_group
    ADD CONSTRAINT voting_product_group_pkey PRIMARY KEY (code, valid_from);

ALTER TABLE ONLY public.voting_regulation
    ADD CONSTRAINT voting_regulation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.voting_round
    ADD CONSTRAINT voting_round_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.voting_score_sheet
    ADD CONSTRAINT voting_score_sheet_pkey PRIMARY KEY (id);

CREATE INDEX acceptance_line ON public.acceptance USING btree (line_id);

CREATE INDEX acceptance_project ON public.acceptance USING btree (project_id);

CREATE INDEX acceptance_province ON public.acceptance USING btree (province_code);

CREATE INDEX acceptance_updated ON public.acceptance USING btree (updated_at DESC, id DESC);

CREATE INDEX admin_unit_code ON public.admin_unit USING btree (code, assumed_from);

CREATE INDEX admin_unit_folded ON public.admin_unit USING gin (folded public.gin_trgm_ops) WITH (fastupdate=off);

CREATE INDEX admin_unit_map_on ON public.admin_unit_map USING btree (on_code, on_from);

CREATE INDEX admin_unit_name_alike ON public.admin_unit_name USING gin (key public.gin_trgm_ops, line public.gin_trgm_ops) WITH (fastupdate=off);

CREATE INDEX admin_unit_name_key ON public.admin_unit_name USING btree (key);

CREATE INDEX admin_unit_parent ON public.admin_unit USING btree (parent_code);

CREATE INDEX admin_unit_province ON public.admin_unit USING btree (code) WHERE (tier = 'province'::text);

CREATE INDEX admin_unit_succession_new ON public.admin_unit_succession USING btree (new_code, effective_on);

CREATE INDEX affected_area_organisation ON public.affected_area USING btree (organisation_id);

CREATE INDEX affected_area_province ON public.affected_area USING btree (province_code, valid_from);

CREATE INDEX allocation_allocated_by ON public.allocation USING btree (allocated_by_id);

CREATE INDEX allocation_from ON public.allocation USING btree (from_organisation_id);

CREATE INDEX allocation_holder ON public.allocation USING btree (organisation_id, year, source);

CREATE INDEX allocation_province ON public.allocation USING btree (province_code, year);

CREATE INDEX allocation_updated ON public.allocation USING btree (updated_at DESC, id DESC);

CREATE INDEX annual_plan_folded ON public.annual_plan USING gin (folded public.gin_trgm_ops) WITH (fastupdate=off);

CREATE INDEX annual_plan_item_plan ON public.annual_plan_item USING btree (annual_plan_id);

CREATE UNIQUE INDEX annual_plan_item_project_key ON public.annual_plan_item USING btree (project_id, year, level) WHERE ((deleted_at IS NULL) AND (NOT is_stopped));

CREATE INDEX annual_plan_item_province ON public.annual_plan_item USING btree (province_code);

CREATE INDEX annual_plan_organisation ON public.annual_plan USING btree (organisation_id);

CREATE INDEX annual_plan_programme ON public.annual_plan USING btree (programme_id);

CREATE INDEX annual_plan_province ON public.annual_plan USING btree (province_code);

CREATE INDEX annual_plan_updated ON public.annual_plan USING btree (updated_at DESC, id DESC);

CREATE INDEX annual_plan_year ON public.annual_plan USING btree (year, level);

CREATE INDEX appraisal_organisation ON public.appraisal USING btree (organisation_id);

CREATE INDEX appraisal_project ON public.appraisal USING btree (project_id);

CREATE INDEX appraisal_province ON public.appraisal USING btree (province_code);

CREATE INDEX appraisal_updated ON public.appraisal USING btree (updated_at DESC, id DESC);

CREATE INDEX brand_support_line ON public.brand_support USING btree (project_line_id);

CREATE INDEX brand_support_organisation ON public.brand_support USING btree (organisation_id);

CREATE INDEX brand_support_project ON public.brand_support USING btree (project_id);

CREATE INDEX brand_support_territory ON public.brand_support USING btree (province_code);

CREATE INDEX brand_support_updated ON public.brand_support USING btree (updated_at, id);

CREATE INDEX certificate_ended ON public.certificate USING btree (status, id) WHERE (status <> 'valid'::text);

CREATE UNIQUE INDEX certificate_entry_key ON public.certificate USING btree (entry_id) WHERE (deleted_at IS NULL);

CREATE INDEX certificate_establishment ON public.certificate USING btree (establishment_id);

CREATE INDEX certificate_folded ON public.certificate USING gin (folded public.gin_trgm_ops) WITH (fastupdate=off);

CREATE INDEX certificate_issuer ON public.certificate USING btree (issuer_id);

CREATE INDEX certificate_log_certificate ON public.certificate_log USING btree (certificate_id);

CREATE UNIQUE INDEX certificate_no_key ON public.certificate USING btree (scheme, certificate_no, COALESCE((issuer_id)::text, public.fold(issuer_name)), issued_on) WHERE (deleted_at IS NULL);

CREATE INDEX certificate_organisation ON public.certificate USING btree (organisation_id);

CREATE INDEX certificate_product ON public.certificate USING btree (product_id);

CREATE INDEX certificate_product_code ON public.certificate USING btree (product_code);

CREATE INDEX certificate_product_set ON public.certificate USING btree (product_set_id);

CREATE INDEX certificate_province ON public.certificate USING btree (province_code, issued_on);

CREATE INDEX certificate_registration ON public.certificate USING btree (registration_id);

CREATE INDEX certificate_replaced_by ON public.certificate USING btree (replaced_by_id);

CREATE UNIQUE INDEX certificate_result_key ON public.certificate USING btree (result_id) WHERE (deleted_at IS NULL);

CREATE INDEX certificate_updated ON public.certificate USING btree (updated_at, id);

CREATE INDEX certificate_valid_to ON public.certificate USING btree (valid_to, id);

CREATE UNIQUE INDEX client_name_key ON public.client USING btree (name) WHERE (deleted_at IS NULL);

CREATE INDEX cluster_support_line ON public.cluster_support USING btree (project_line_id);

CREATE INDEX cluster_support_organisation ON public.cluster_support USING btree (organisation_id);

CREATE INDEX cluster_support_project ON public.cluster_support USING btree (project_id);

CREATE INDEX cluster_support_territory ON public.cluster_support USING btree (province_code);

CREATE INDEX cluster_support_updated ON public.cluster_support USING btree (updated_at, id);

CREATE INDEX contract_line ON public.contract USING btree (line_id);

CREATE INDEX contract_parent ON public.contract USING btree (parent_id);

CREATE INDEX contract_project ON public.contract USING btree (project_id);

CREATE INDEX contract_province ON public.contract USING btree (province_code);

CREATE INDEX contract_updated ON public.contract USING btree (updated_at DESC, id DESC);

CREATE INDEX demonstration_model_line ON public.demonstration_model USING btree (project_line_id);

CREATE INDEX demonstration_model_organisation ON public.demonstration_model USING btree (organisation_id);

CREATE INDEX demonstration_model_project ON public.demonstration_model USING btree (project_id);

CREATE INDEX demonstration_model_territory ON public.demonstration_model USING btree (province_code);

CREATE INDEX demonstration_model_updated ON public.demonstration_model USING btree (updated_at, id);

CREATE INDEX difficulty_establishment ON public.difficulty USING btree (establishment_id);

CREATE INDEX difficulty_line ON public.difficulty USING btree (project_line_id);

CREATE INDEX difficulty_organisation ON public.difficulty USING btree (organisation_id);

CREATE INDEX difficulty_project ON public.difficulty USING btree (project_id);

CREATE INDEX difficulty_territory ON public.difficulty USING btree (province_code);

CREATE INDEX difficulty_updated ON public.difficulty USING btree (updated_at, id);

CREATE INDEX display_point_folded ON public.display_point USING gin (folded public.gin_trgm_ops) WITH (fastupdate=off);

CREATE INDEX display_point_line ON public.display_point USING btree (project_line_id);

CREATE INDEX display_point_name ON public.display_point USING btree (name COLLATE public.vietnamese, id);

CREATE INDEX display_point_organisation ON public.display_point USING btree (organisation_id);

CREATE UNIQUE INDEX display_point_product_key ON public.display_point_product USING btree (display_point_id, product_id) WHERE (deleted_at IS NULL);

CREATE INDEX display_point_product_point ON public.display_point_product USING btree (display_point_id);

CREATE INDEX display_point_product_product ON public.display_point_product USING btree (product_id);

CREATE INDEX display_point_project ON public.display_point USING btree (project_id);

CREATE INDEX display_point_sale_point ON public.display_point_sale USING btree (display_point_id);

CREATE INDEX display_point_territory ON public.display_point USING btree (province_code);

CREATE INDEX display_point_updated ON public.display_point USING btree (updated_at, id);

CREATE INDEX effect_survey_establishment ON public.effect_survey USING btree (establishment_id);

CREATE INDEX effect_survey_line ON public.effect_survey USING btree (project_line_id);

CREATE INDEX effect_survey_organisation ON public.effect_survey USING btree (organisation_id);

CREATE INDEX effect_survey_project ON public.effect_survey USING btree (project_id);

CREATE INDEX effect_survey_territory ON public.effect_survey USING btree (province_code);

CREATE INDEX effect_survey_updated ON public.effect_survey USING btree (updated_at, id);

CREATE UNIQUE INDEX eligible_area_replaces_key ON public.eligible_area USING btree (replaces_id);

CREATE UNIQUE INDEX establishment_code_key ON public.establishment USING btree (code);

CREATE INDEX establishment_commune ON public.establishment USING btree (((place ->> 'commune_code'::text)));

CREATE INDEX establishment_folded ON public.establishment USING gin (folded public.gin_trgm_ops) WITH (fastupdate=off);

CREATE INDEX establishment_name ON public.establishment USING btree (name COLLATE public.vietnamese, id);

CREATE INDEX establishment_province ON public.establishment USING btree (province_code);

CREATE UNIQUE INDEX establishment_tax_code_site_key ON public.establishment USING btree (tax_code, site_no) WHERE (deleted_at IS NULL);

CREATE INDEX establishment_updated ON public.establishment USING btree (updated_at, id);

CREATE UNIQUE INDEX establishment_year_key ON public.establishment_year USING btree (establishment_id, year) WHERE (deleted_at IS NULL);

CREATE INDEX external_ref_record ON public.external_ref USING btree (record_type, record_id);

CREATE INDEX fair_booth_establishment ON public.fair_booth USING btree (establishment_id);

CREATE INDEX fair_booth_fair ON public.fair_booth USING btree (fair_id);

CREATE INDEX fair_line ON public.fair USING btree (project_line_id);

CREATE INDEX fair_organisation ON public.fair USING btree (organisation_id);

CREATE INDEX fair_project ON public.fair USING btree (project_id);

CREATE INDEX fair_territory ON public.fair USING btree (province_code);

CREATE INDEX fair_updated ON public.fair USING btree (updated_at, id);

CREATE INDEX file_citation_record ON public.file_citation USING btree (record_type, record_id);

CREATE INDEX file_folded ON public.file USING gin (folded public.gin_trgm_ops);

CREATE INDEX file_open ON public.file USING btree (updated_at) WHERE ((status = 'open'::text) AND (deleted_at IS NULL));

CREATE INDEX file_organisation ON public.file USING btree (organisation_id);

CREATE INDEX file_province ON public.file USING btree (province_code);

CREATE INDEX file_updated ON public.file USING btree (updated_at, id);

CREATE INDEX history_record ON public.history USING btree (record_type, record_id, id);

CREATE INDEX idempotency_key_age ON public.idempotency_key USING btree (created_at);

CREATE INDEX import_organisation ON public.import USING btree (organisation_id, created_at);

CREATE INDEX inspection_line ON public.inspection USING btree (project_line_id);

CREATE INDEX inspection_organisation ON public.inspection USING btree (organisation_id);

CREATE INDEX inspection_project ON public.inspection USING btree (project_id);

CREATE INDEX inspection_territory ON public.inspection USING btree (province_code);

CREATE INDEX inspection_updated ON public.inspection USING btree (updated_at, id);

CREATE INDEX ledger_entry_contract ON public.ledger_entry USING btree (contract_id) INCLUDE (counts_as, effect_vnd);

CREATE INDEX ledger_entry_day ON public.ledger_entry USING btree (entry_on, id);

CREATE INDEX ledger_entry_from_holder ON public.ledger_entry USING btree (from_holder_id, year, source);

CREATE INDEX ledger_entry_holder ON public.ledger_entry USING btree (holder_id, year, source);

CREATE INDEX ledger_entry_import ON public.ledger_entry USING btree (import_id);

CREATE INDEX ledger_entry_project ON public.ledger_entry USING btree (project_id) INCLUDE (counts_as, effect_vnd);

CREATE INDEX ledger_entry_recorded ON public.ledger_entry USING btree (recorded_at DESC, id DESC);

CREATE INDEX ledger_entry_settlement ON public.ledger_entry USING btree (settlement_id);

CREATE INDEX norm_activity ON public.norm USING btree (activity_code, code);

CREATE UNIQUE INDEX norm_replaces_key ON public.norm USING btree (replaces_id);

CREATE INDEX ocop_product_set_document ON public.ocop_product_set USING btree (legal_document_no, set_code);

CREATE INDEX ocop_registration_establishment ON public.ocop_registration USING btree (establishment_id);

CREATE INDEX ocop_registration_folded ON public.ocop_registration USING gin (folded public.gin_trgm_ops) WITH (fastupdate=off);

CREATE UNIQUE INDEX ocop_registration_open_key ON public.ocop_registration USING btree (product_id) WHERE ((deleted_at IS NULL) AND (status <> ALL (ARRAY['recognised'::text, 'not_recognised'::text, 'withdrawn'::text])));

CREATE INDEX ocop_registration_organisation ON public.ocop_registration USING btree (organisation_id);

CREATE INDEX ocop_registration_product ON public.ocop_registration USING btree (product_id);

CREATE INDEX ocop_registration_product_code ON public.ocop_registration USING btree (product_code);

CREATE INDEX ocop_registration_product_set ON public.ocop_registration USING btree (product_set_id);

CREATE INDEX ocop_registration_province ON public.ocop_registration USING btree (province_code, submitted_on);

CREATE INDEX ocop_registration_round ON public.ocop_registration USING btree (round_id);

CREATE INDEX ocop_registration_updated ON public.ocop_registration USING btree (updated_at DESC, id DESC);

CREATE UNIQUE INDEX ocop_round_key ON public.ocop_round USING btree (organisation_id, tier, year, round_no) WHERE (deleted_at IS NULL);

CREATE INDEX ocop_round_updated ON public.ocop_round USING btree (updated_at, id);

CREATE INDEX ocop_round_year ON public.ocop_round USING btree (year, round_no, id);

CREATE UNIQUE INDEX organisation_code_key ON public.organisation USING btree (code) WHERE (deleted_at IS NULL);

CREATE INDEX organisation_folded ON public.organisation USING gin (folded public.gin_trgm_ops) WITH (fastupdate=off);

CREATE INDEX organisation_name ON public.organisation USING btree (name COLLATE public.vietnamese, id);

CREATE INDEX organisation_updated ON public.organisation USING btree (updated_at, id);

CREATE INDEX override_line ON public.override USING btree (project_line_id);

CREATE INDEX override_organisation ON public.override USING btree (organisation_id);

CREATE INDEX override_project ON public.override USING btree (project_id);

CREATE INDEX override_territory ON public.override USING btree (province_code);

CREATE INDEX override_updated ON public.override USING btree (updated_at, id);

CREATE UNIQUE INDEX parameter_replaces_key ON public.parameter USING btree (replaces_id);

CREATE INDEX payment_request_contract ON public.payment_request USING btree (contract_id);

CREATE INDEX payment_request_project ON public.payment_request USING btree (project_id);

CREATE INDEX payment_request_province ON public.payment_request USING btree (province_code);

CREATE INDEX payment_request_updated ON public.payment_request USING btree (updated_at DESC, id DESC);

CREATE INDEX plan_adjustment_organisation ON public.plan_adjustment USING btree (organisation_id);

CREATE INDEX plan_adjustment_plan ON public.plan_adjustment USING btree (annual_plan_id);

CREATE INDEX plan_adjustment_province ON public.plan_adjustment USING btree (province_code);

CREATE INDEX plan_adjustment_updated ON public.plan_adjustment USING btree (updated_at DESC, id DESC);

CREATE INDEX plan_call_organisation ON public.plan_call USING btree (organisation_id);

CREATE INDEX plan_call_updated ON public.plan_call USING btree (updated_at DESC, id DESC);

CREATE INDEX pollution_support_line ON public.pollution_support USING btree (project_line_id);

CREATE INDEX pollution_support_organisation ON public.pollution_support USING btree (organisation_id);

CREATE INDEX pollution_support_project ON public.pollution_support USING btree (project_id);

CREATE INDEX pollution_support_territory ON public.pollution_support USING btree (province_code);

CREATE INDEX pollution_support_updated ON public.pollution_support USING btree (updated_at, id);

CREATE UNIQUE INDEX priority_rule_replaces_key ON public.priority_rule USING btree (replaces_id);

CREATE INDEX product_establishment ON public.product USING btree (establishment_id);

CREATE INDEX product_folded ON public.product USING gin (folded public.gin_trgm_ops) WITH (fastupdate=off);

CREATE INDEX product_gtin ON public.product USING btree (gtin) WHERE (gtin IS NOT NULL);

CREATE INDEX product_name ON public.product USING btree (name COLLATE public.vietnamese, id);

CREATE INDEX product_province ON public.product USING btree (province_code);

CREATE INDEX product_updated ON public.product USING btree (updated_at, id);

CREATE INDEX programme_folded ON public.programme USING gin (folded public.gin_trgm_ops) WITH (fastupdate=off);

CREATE INDEX programme_organisation ON public.programme USING btree (organisation_id);

CREATE INDEX programme_predecessor ON public.programme USING btree (predecessor_id);

CREATE INDEX programme_province ON public.programme USING btree (province_code);

CREATE INDEX programme_updated ON public.programme USING btree (updated_at DESC, id DESC);

CREATE UNIQUE INDEX programme_version_in_force_key ON public.programme_version USING btree (programme_id) WHERE (status = 'in_force'::text);

CREATE INDEX programme_version_organisation ON public.programme_version USING btree (organisation_id);

CREATE UNIQUE INDEX programme_version_proposed_key ON public.programme_version USING btree (programme_id) WHERE ((status = 'proposed'::text) AND (deleted_at IS NULL));

CREATE INDEX progress_report_line ON public.progress_report USING btree (project_line_id);

CREATE INDEX progress_report_organisation ON public.progress_report USING btree (organisation_id);

CREATE UNIQUE INDEX progress_report_period_key ON public.progress_report USING btree (project_id, "from", "to") WHERE (deleted_at IS NULL);

CREATE INDEX progress_report_project ON public.progress_report USING btree (project_id);

CREATE INDEX progress_report_territory ON public.progress_report USING btree (province_code);

CREATE INDEX progress_report_updated ON public.progress_report USING btree (updated_at, id);

CREATE INDEX project_counted ON public.project USING btree (starts_on) INCLUDE (province_code, codes_on, level, scale, status, history_quality, total_cost_vnd, support_vnd, counterpart_vnd, organisation_id, implementer_id, programme_id) WHERE (deleted_at IS NULL);

CREATE INDEX project_folded ON public.project USING gin (folded public.gin_trgm_ops) WITH (fastupdate=off);

CREATE INDEX project_funding_line ON public.project_funding USING btree (line_id);

CREATE UNIQUE INDEX project_funding_year_source_key ON public.project_funding USING btree (project_id, year, source, line_id) NULLS NOT DISTINCT WHERE (deleted_at IS NULL);

CREATE INDEX project_implementer ON public.project USING btree (implementer_id, status);

CREATE INDEX project_implementer_updated ON public.project USING btree (implementer_id, updated_at, id);

CREATE INDEX project_line_activity ON public.project_line USING btree (activity_code);

CREATE INDEX project_line_establishment ON public.project_line USING btree (establishment_id);

CREATE INDEX project_managing_organisation ON public.project USING btree (managing_organisation_id);

CREATE INDEX project_organisation ON public.project USING btree (organisation_id, status);

CREATE INDEX project_organisation_updated ON public.project USING btree (organisation_id, updated_at, id);

CREATE INDEX project_output_line ON public.project_output USING btree (line_id);

CREATE INDEX project_output_project ON public.project_output USING btree (project_id);

CREATE INDEX project_parent ON public.project USING btree (parent_id);

CREATE INDEX project_programme ON public.project USING btree (programme_id);

CREATE INDEX project_province ON public.project USING btree (province_code, starts_on);

CREATE INDEX project_province_status ON public.project USING btree (province_code, status);

CREATE INDEX project_province_updated ON public.project USING btree (province_code, updated_at, id);

CREATE INDEX project_updated ON public.project USING btree (updated_at DESC, id DESC);

CREATE INDEX relocation_support_line ON public.relocation_support USING btree (project_line_id);

CREATE INDEX relocation_support_organisation ON public.relocation_support USING btree (organisation_id);

CREATE INDEX relocation_support_project ON public.relocation_support USING btree (project_id);

CREATE INDEX relocation_support_territory ON public.relocation_support USING btree (province_code);

CREATE INDEX relocation_support_updated ON public.relocation_support USING btree (updated_at, id);

CREATE INDEX report_snapshot_organisation ON public.report_snapshot USING btree (organisation_id);

CREATE INDEX report_snapshot_sent_to ON public.report_snapshot USING btree (sent_to_id);

CREATE INDEX report_snapshot_updated ON public.report_snapshot USING btree (updated_at DESC, id DESC);

CREATE INDEX role_assignment_updated ON public.role_assignment USING btree (updated_at, id);

CREATE INDEX role_assignment_user ON public.role_assignment USING btree (user_id);

CREATE INDEX seminar_line ON public.seminar USING btree (project_line_id);

CREATE INDEX seminar_organisation ON public.seminar USING btree (organisation_id);

CREATE INDEX seminar_project ON public.seminar USING btree (project_id);

CREATE INDEX seminar_territory ON public.seminar USING btree (province_code);

CREATE INDEX seminar_updated ON public.seminar USING btree (updated_at, id);

CREATE UNIQUE INDEX settlement_key ON public.settlement USING btree (project_id, line_id, year, source) NULLS NOT DISTINCT WHERE (deleted_at IS NULL);

CREATE INDEX settlement_line ON public.settlement USING btree (line_id);

CREATE INDEX settlement_norm ON public.settlement USING btree (norm_id);

CREATE INDEX settlement_province ON public.settlement USING btree (province_code);

CREATE INDEX settlement_updated ON public.settlement USING btree (updated_at DESC, id DESC);

CREATE INDEX showroom_line ON public.showroom USING btree (project_line_id);

CREATE INDEX showroom_organisation ON public.showroom USING btree (organisation_id);

CREATE INDEX showroom_project ON public.showroom USING btree (project_id);

CREATE INDEX showroom_territory ON public.showroom USING btree (province_code);

CREATE INDEX showroom_updated ON public.showroom USING btree (updated_at, id);

CREATE UNIQUE INDEX size_threshold_replaces_key ON public.size_threshold USING btree (replaces_id);

CREATE INDEX snapshot_organisation ON public.snapshot USING btree (organisation_id);

CREATE INDEX snapshot_record ON public.snapshot USING btree (record_type, record_id);

CREATE INDEX study_tour_line ON public.study_tour USING btree (project_line_id);

CREATE INDEX study_tour_organisation ON public.study_tour USING btree (organisation_id);

CREATE INDEX study_tour_project ON public.study_tour USING btree (project_id);

CREATE INDEX study_tour_territory ON public.study_tour USING btree (province_code);

CREATE INDEX study_tour_updated ON public.study_tour USING btree (updated_at, id);

CREATE INDEX survey_establishment ON public.survey USING btree (establishment_id);

CREATE INDEX survey_organisation ON public.survey USING btree (organisation_id);

CREATE INDEX survey_project ON public.survey USING btree (project_id);

CREATE INDEX survey_updated ON public.survey USING btree (updated_at DESC, id DESC);

CREATE INDEX target_annual_plan ON public.target USING btree (annual_plan_id);

CREATE INDEX target_assessment_organisation ON public.target_assessment USING btree (organisation_id);

CREATE INDEX target_assessment_target ON public.target_assessment USING btree (target_id);

CREATE INDEX target_programme ON public.target USING btree (programme_id);

CREATE INDEX target_updated ON public.target USING btree (updated_at DESC, id DESC);

CREATE INDEX training_class_line ON public.training_class USING btree (project_line_id);

CREATE INDEX training_class_organisation ON public.training_class USING btree (organisation_id);

CREATE INDEX training_class_project ON public.training_class USING btree (project_id);

CREATE INDEX training_class_territory ON public.training_class USING btree (province_code);

CREATE INDEX training_class_updated ON public.training_class USING btree (updated_at, id);

CREATE INDEX user_updated ON public."user" USING btree (updated_at, id);

CREATE UNIQUE INDEX user_user_name_key ON public."user" USING btree (organisation_id, user_name) WHERE (deleted_at IS NULL);

CREATE UNIQUE INDEX voting_council_key ON public.voting_council USING btree (round_id, kind) WHERE ((deleted_at IS NULL) AND (status = 'active'::text));

CREATE INDEX voting_council_organisation ON public.voting_council USING btree (organisation_id);

CREATE INDEX voting_council_territory ON public.voting_council USING btree (province_code);

CREATE INDEX voting_council_updated ON public.voting_council USING btree (updated_at, id);

CREATE INDEX voting_entry_establishment ON public.voting_entry USING btree (establishment_id);

CREATE UNIQUE INDEX voting_entry_key ON public.voting_entry USING btree (round_id, product_id) WHERE ((deleted_at IS NULL) AND (status <> 'withdrawn'::text));

CREATE INDEX voting_entry_organisation ON public.voting_entry USING btree (organisation_id);

CREATE INDEX voting_entry_previous ON public.voting_entry USING btree (previous_certificate_id);

CREATE INDEX voting_entry_product ON public.voting_entry USING btree (product_id);

CREATE INDEX voting_entry_territory ON public.voting_entry USING btree (province_code);

CREATE INDEX voting_entry_updated ON public.voting_entry USING btree (updated_at, id);

CREATE INDEX voting_regulation_organisation ON public.voting_regulation USING btree (organisation_id);

CREATE INDEX voting_regulation_territory ON public.voting_regulation USING btree (province_code);

CREATE INDEX voting_regulation_updated ON public.voting_regulation USING btree (updated_at, id);

CREATE INDEX voting_round_organisation ON public.voting_round USING btree (organisation_id);

CREATE INDEX voting_round_regulation ON public.voting_round USING btree (regulation_id);

CREATE INDEX voting_round_territory ON public.voting_round USING btree (province_code);

CREATE INDEX voting_round_updated ON public.voting_round USING btree (updated_at, id);

CREATE INDEX voting_round_year ON public.voting_round USING btree (year, id);

CREATE INDEX voting_score_sheet_council ON public.voting_score_sheet USING btree (council_id);

CREATE UNIQUE INDEX voting_score_sheet_key ON public.voting_score_sheet USING btree (entry_id, council_id, seat) WHERE (deleted_at IS NULL);

CREATE INDEX voting_score_sheet_organisation ON public.voting_score_sheet USING btree (organisation_id);

CREATE INDEX voting_score_sheet_territory ON public.voting_score_sheet USING btree (province_code);

CREATE INDEX voting_score_sheet_updated ON public.voting_score_sheet USING btree (updated_at, id);

CREATE TRIGGER adjustments_refuse_while_referenced BEFORE UPDATE OF deleted_at ON public.annual_plan FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('plan_adjustment', 'annual_plan_id');

CREATE TRIGGER belongs BEFORE INSERT OR UPDATE ON public.brand_support FOR EACH ROW EXECUTE FUNCTION public.belongs_to_project();

CREATE TRIGGER belongs BEFORE INSERT OR UPDATE ON public.cluster_support FOR EACH ROW EXECUTE FUNCTION public.belongs_to_project();

CREATE TRIGGER belongs BEFORE INSERT OR UPDATE ON public.demonstration_model FOR EACH ROW EXECUTE FUNCTION public.belongs_to_project();

CREATE TRIGGER belongs BEFORE INSERT OR UPDATE ON public.difficulty FOR EACH ROW EXECUTE FUNCTION public.belongs_to_project();

CREATE TRIGGER belongs BEFORE INSERT OR UPDATE ON public.display_point FOR EACH ROW EXECUTE FUNCTION public.belongs_to_project();

CREATE TRIGGER belongs BEFORE INSERT OR UPDATE ON public.effect_survey FOR EACH ROW EXECUTE FUNCTION public.belongs_to_project();

CREATE TRIGGER belongs BEFORE INSERT OR UPDATE ON public.fair FOR EACH ROW EXECUTE FUNCTION public.belongs_to_project();

CREATE TRIGGER belongs BEFORE INSERT OR UPDATE ON public.inspection FOR EACH ROW EXECUTE FUNCTION public.belongs_to_project();

CREATE TRIGGER belongs BEFORE INSERT OR UPDATE ON public.override FOR EACH ROW EXECUTE FUNCTION public.belongs_to_project();

CREATE TRIGGER belongs BEFORE INSERT OR UPDATE ON public.pollution_support FOR EACH ROW EXECUTE FUNCTION public.belongs_to_project();

CREATE TRIGGER belongs BEFORE INSERT OR UPDATE ON public.progress_report FOR EACH ROW EXECUTE FUNCTION public.belongs_to_project();

CREATE TRIGGER belongs BEFORE INSERT OR UPDATE ON public.relocation_support FOR EACH ROW EXECUTE FUNCTION public.belongs_to_project();

CREATE TRIGGER belongs BEFORE INSERT OR UPDATE ON public.seminar FOR EACH ROW EXECUTE FUNCTION public.belongs_to_project();

CREATE TRIGGER belongs BEFORE INSERT OR UPDATE ON public.showroom FOR EACH ROW EXECUTE FUNCTION public.belongs_to_project();

CREATE TRIGGER belongs BEFORE INSERT OR UPDATE ON public.study_tour FOR EACH ROW EXECUTE FUNCTION public.belongs_to_project();

CREATE TRIGGER belongs BEFORE INSERT OR UPDATE ON public.training_class FOR EACH ROW EXECUTE FUNCTION public.belongs_to_project();

CREATE TRIGGER belongs BEFORE INSERT OR UPDATE ON public.voting_council FOR EACH ROW EXECUTE FUNCTION public.belongs_to_round();

CREATE TRIGGER brand_support_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('brand_support', 'project_line_id');

CREATE TRIGGER certificates_refuse_while_referenced BEFORE UPDATE OF deleted_at ON public.establishment FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('certificate', 'establishment_id');

CREATE TRIGGER certificates_refuse_while_referenced BEFORE UPDATE OF deleted_at ON public.ocop_registration FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('certificate', 'registration_id');

CREATE TRIGGER certificates_refuse_while_referenced BEFORE UPDATE OF deleted_at ON public.product FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('certificate', 'product_id');

CREATE TRIGGER cite_files AFTER INSERT OR UPDATE OF minutes ON public.acceptance FOR EACH ROW EXECUTE FUNCTION public.cite_files_of_record('minutes');

CREATE TRIGGER cite_files AFTER INSERT OR UPDATE OF document ON public.allocation FOR EACH ROW EXECUTE FUNCTION public.cite_files_of_record('document');

CREATE TRIGGER cite_files AFTER INSERT OR UPDATE OF decision ON public.certificate FOR EACH ROW EXECUTE FUNCTION public.cite_files_of_record('decision');

CREATE TRIGGER cite_files AFTER INSERT ON public.ledger_entry FOR EACH ROW EXECUTE FUNCTION public.cite_files_of_record('document');

CREATE TRIGGER cite_files AFTER INSERT OR UPDATE OF checklist ON public.ocop_registration FOR EACH ROW EXECUTE FUNCTION public.cite_files_of_record('checklist');

CREATE TRIGGER cite_files AFTER INSERT OR UPDATE OF document ON public.payment_request FOR EACH ROW EXECUTE FUNCTION public.cite_files_of_record('document');

CREATE TRIGGER cite_files AFTER INSERT OR UPDATE OF documents ON public.plan_call FOR EACH ROW EXECUTE FUNCTION public.cite_files_of_record('documents');

CREATE TRIGGER cite_files AFTER INSERT OR UPDATE OF documents ON public.target_assessment FOR EACH ROW EXECUTE FUNCTION public.cite_files_of_record('documents');

CREATE TRIGGER cite_files AFTER INSERT ON public.transition FOR EACH ROW EXECUTE FUNCTION public.cite_files_of_act();

CREATE TRIGGER cite_files AFTER INSERT OR UPDATE OF decision ON public.voting_council FOR EACH ROW EXECUTE FUNCTION public.cite_files_of_record('decision');

CREATE TRIGGER cite_files_checklist AFTER INSERT OR UPDATE OF checklist ON public.voting_entry FOR EACH ROW EXECUTE FUNCTION public.cite_files_of_record('checklist');

CREATE TRIGGER cite_files_decision AFTER INSERT OR UPDATE OF decision ON public.voting_entry FOR EACH ROW EXECUTE FUNCTION public.cite_files_of_record('decision');

CREATE TRIGGER cluster_support_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('cluster_support', 'project_line_id');

CREATE TRIGGER complete BEFORE INSERT ON public.certificate FOR EACH ROW EXECUTE FUNCTION public.complete_certificate();

CREATE TRIGGER complete BEFORE INSERT OR UPDATE ON public.establishment FOR EACH ROW EXECUTE FUNCTION public.complete_establishment();

CREATE TRIGGER complete BEFORE INSERT OR UPDATE ON public.ocop_registration FOR EACH ROW EXECUTE FUNCTION public.complete_ocop_registration();

CREATE TRIGGER complete BEFORE INSERT OR UPDATE ON public.organisation FOR EACH ROW EXECUTE FUNCTION public.complete_organisation();

CREATE TRIGGER complete BEFORE INSERT OR UPDATE ON public.product FOR EACH ROW EXECUTE FUNCTION public.complete_product();

CREATE TRIGGER complete BEFORE INSERT ON public.role_assignment FOR EACH ROW EXECUTE FUNCTION public.complete_role_assignment();

CREATE TRIGGER complete BEFORE INSERT OR UPDATE ON public.voting_entry FOR EACH ROW EXECUTE FUNCTION public.complete_voting_entry();

CREATE TRIGGER complete BEFORE INSERT OR UPDATE ON public.voting_score_sheet FOR EACH ROW EXECUTE FUNCTION public.complete_score_sheet();

CREATE TRIGGER demonstration_model_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('demonstration_model', 'project_line_id');

CREATE TRIGGER difficulty_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('difficulty', 'project_line_id');

CREATE TRIGGER display_point_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('display_point', 'project_line_id');

CREATE TRIGGER display_points_refuse_while_referenced BEFORE UPDATE OF deleted_at ON public.product FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('display_point_product', 'product_id');

CREATE TRIGGER effect_survey_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('effect_survey', 'project_line_id');

CREATE TRIGGER fair_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('fair', 'project_line_id');

CREATE TRIGGER follow_up AFTER INSERT ON public.ledger_entry FOR EACH ROW EXECUTE FUNCTION public.ledger_entry_follow_up();

CREATE TRIGGER frozen BEFORE UPDATE ON public.annual_plan FOR EACH ROW EXECUTE FUNCTION public.plan_frozen();

CREATE TRIGGER frozen BEFORE INSERT OR UPDATE ON public.annual_plan_item FOR EACH ROW EXECUTE FUNCTION public.plan_item_frozen();

CREATE TRIGGER frozen BEFORE UPDATE OF tier, appraised_on, checks, result, priority_rule_ids, conclusion, note, deleted_at ON public.appraisal FOR EACH ROW EXECUTE FUNCTION public.refuse_frozen('appraisal', 'id');

CREATE TRIGGER frozen BEFORE UPDATE ON public.plan_adjustment FOR EACH ROW EXECUTE FUNCTION public.plan_adjustment_frozen();

CREATE TRIGGER frozen BEFORE UPDATE OF kind, level, name, starts_on, ends_on, predecessor_id, activity_priorities, planned_funding, province_code, codes_on, evidence_grade, note, deleted_at ON public.programme FOR EACH ROW EXECUTE FUNCTION public.refuse_frozen('programme', 'id');

CREATE TRIGGER frozen BEFORE UPDATE ON public.programme_version FOR EACH ROW EXECUTE FUNCTION public.programme_version_frozen();

CREATE TRIGGER frozen BEFORE UPDATE OF name, level, scale, programme_id, parent_id, implementer_id, managing_organisation_id, places, partner_province_codes, themes, trade_code, starts_on, ends_on, total_cost_vnd, support_vnd, counterpart_vnd, necessity, objective, replication, evidence_grade, note, deleted_at ON public.project FOR EACH ROW EXECUTE FUNCTION public.refuse_frozen('project', 'id');

CREATE TRIGGER frozen BEFORE INSERT OR UPDATE ON public.project_funding FOR EACH ROW EXECUTE FUNCTION public.refuse_frozen('project', 'project_id');

CREATE TRIGGER frozen BEFORE INSERT OR UPDATE ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.refuse_frozen('project', 'project_id');

CREATE TRIGGER frozen BEFORE INSERT OR UPDATE ON public.project_output FOR EACH ROW EXECUTE FUNCTION public.refuse_frozen('project', 'project_id');

CREATE TRIGGER frozen BEFORE UPDATE ON public.report_snapshot FOR EACH ROW EXECUTE FUNCTION public.report_snapshot_frozen();

CREATE TRIGGER frozen BEFORE INSERT OR UPDATE ON public.target FOR EACH ROW WHEN ((new.programme_id IS NOT NULL)) EXECUTE FUNCTION public.refuse_frozen('programme', 'programme_id');

CREATE TRIGGER frozen_with_plan BEFORE INSERT OR UPDATE ON public.target FOR EACH ROW WHEN ((new.annual_plan_id IS NOT NULL)) EXECUTE FUNCTION public.refuse_frozen('annual_plan', 'annual_plan_id');

CREATE TRIGGER hand_down_owner AFTER UPDATE OF organisation_id, province_code ON public.programme FOR EACH ROW EXECUTE FUNCTION public.hand_down_owner('target', 'programme_id');

CREATE TRIGGER hand_down_owner_to_acceptance AFTER UPDATE OF organisation_id, province_code ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_owner('acceptance', 'project_id');

CREATE TRIGGER hand_down_owner_to_appraisal AFTER UPDATE OF organisation_id, province_code ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_owner('appraisal', 'project_id');

CREATE TRIGGER hand_down_owner_to_brand_support AFTER UPDATE OF organisation_id, province_code, codes_on ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_territory('brand_support');

CREATE TRIGGER hand_down_owner_to_cluster_support AFTER UPDATE OF organisation_id, province_code, codes_on ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_territory('cluster_support');

CREATE TRIGGER hand_down_owner_to_contract AFTER UPDATE OF organisation_id, province_code ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_owner('contract', 'project_id');

CREATE TRIGGER hand_down_owner_to_demonstration_model AFTER UPDATE OF organisation_id, province_code, codes_on ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_territory('demonstration_model');

CREATE TRIGGER hand_down_owner_to_difficulty AFTER UPDATE OF organisation_id, province_code, codes_on ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_territory('difficulty');

CREATE TRIGGER hand_down_owner_to_display_point AFTER UPDATE OF organisation_id, province_code, codes_on ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_territory('display_point');

CREATE TRIGGER hand_down_owner_to_display_point_product AFTER UPDATE OF organisation_id, province_code ON public.display_point FOR EACH ROW EXECUTE FUNCTION public.hand_down_owner('display_point_product', 'display_point_id');

CREATE TRIGGER hand_down_owner_to_display_point_sale AFTER UPDATE OF organisation_id, province_code ON public.display_point FOR EACH ROW EXECUTE FUNCTION public.hand_down_owner('display_point_sale', 'display_point_id');

CREATE TRIGGER hand_down_owner_to_effect_survey AFTER UPDATE OF organisation_id, province_code, codes_on ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_territory('effect_survey');

CREATE TRIGGER hand_down_owner_to_fair AFTER UPDATE OF organisation_id, province_code, codes_on ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_territory('fair');

CREATE TRIGGER hand_down_owner_to_fair_booth AFTER UPDATE OF organisation_id, province_code ON public.fair FOR EACH ROW EXECUTE FUNCTION public.hand_down_owner('fair_booth', 'fair_id');

CREATE TRIGGER hand_down_owner_to_inspection AFTER UPDATE OF organisation_id, province_code, codes_on ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_territory('inspection');

CREATE TRIGGER hand_down_owner_to_override AFTER UPDATE OF organisation_id, province_code, codes_on ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_territory('override');

CREATE TRIGGER hand_down_owner_to_payment_request AFTER UPDATE OF organisation_id, province_code ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_owner('payment_request', 'project_id');

CREATE TRIGGER hand_down_owner_to_pollution_support AFTER UPDATE OF organisation_id, province_code, codes_on ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_territory('pollution_support');

CREATE TRIGGER hand_down_owner_to_programme_version AFTER UPDATE OF organisation_id, province_code ON public.programme FOR EACH ROW EXECUTE FUNCTION public.hand_down_owner('programme_version', 'programme_id');

CREATE TRIGGER hand_down_owner_to_progress_report AFTER UPDATE OF organisation_id, province_code, codes_on ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_territory('progress_report');

CREATE TRIGGER hand_down_owner_to_project_funding AFTER UPDATE OF organisation_id, province_code ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_owner('project_funding', 'project_id');

CREATE TRIGGER hand_down_owner_to_project_line AFTER UPDATE OF organisation_id, province_code ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_owner('project_line', 'project_id');

CREATE TRIGGER hand_down_owner_to_project_output AFTER UPDATE OF organisation_id, province_code ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_owner('project_output', 'project_id');

CREATE TRIGGER hand_down_owner_to_relocation_support AFTER UPDATE OF organisation_id, province_code, codes_on ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_territory('relocation_support');

CREATE TRIGGER hand_down_owner_to_seminar AFTER UPDATE OF organisation_id, province_code, codes_on ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_territory('seminar');

CREATE TRIGGER hand_down_owner_to_settlement AFTER UPDATE OF organisation_id, province_code ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_owner('settlement', 'project_id');

CREATE TRIGGER hand_down_owner_to_showroom AFTER UPDATE OF organisation_id, province_code, codes_on ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_territory('showroom');

CREATE TRIGGER hand_down_owner_to_study_tour AFTER UPDATE OF organisation_id, province_code, codes_on ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_territory('study_tour');

CREATE TRIGGER hand_down_owner_to_target_assessment AFTER UPDATE OF organisation_id, province_code ON public.target FOR EACH ROW EXECUTE FUNCTION public.hand_down_owner('target_assessment', 'target_id');

CREATE TRIGGER hand_down_owner_to_training_class AFTER UPDATE OF organisation_id, province_code, codes_on ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_territory('training_class');

CREATE TRIGGER hand_down_owner_to_year AFTER UPDATE OF organisation_id, province_code ON public.establishment FOR EACH ROW EXECUTE FUNCTION public.hand_down_owner('establishment_year', 'establishment_id');

CREATE TRIGGER hand_down_province_to_annual_plan_item AFTER UPDATE OF province_code ON public.project FOR EACH ROW EXECUTE FUNCTION public.hand_down_plan_item_province();

CREATE TRIGGER inherit_owner BEFORE INSERT OR UPDATE ON public.acceptance FOR EACH ROW EXECUTE FUNCTION public.inherit_owner('project', 'project_id');

CREATE TRIGGER inherit_owner BEFORE INSERT OR UPDATE ON public.annual_plan_item FOR EACH ROW EXECUTE FUNCTION public.inherit_plan_item();

CREATE TRIGGER inherit_owner BEFORE INSERT OR UPDATE ON public.appraisal FOR EACH ROW EXECUTE FUNCTION public.inherit_owner('project', 'project_id');

CREATE TRIGGER inherit_owner BEFORE INSERT OR UPDATE ON public.contract FOR EACH ROW EXECUTE FUNCTION public.inherit_owner('project', 'project_id');

CREATE TRIGGER inherit_owner BEFORE INSERT OR UPDATE ON public.display_point_product FOR EACH ROW EXECUTE FUNCTION public.inherit_owner('display_point', 'display_point_id');

CREATE TRIGGER inherit_owner BEFORE INSERT OR UPDATE ON public.display_point_sale FOR EACH ROW EXECUTE FUNCTION public.inherit_owner('display_point', 'display_point_id');

CREATE TRIGGER inherit_owner BEFORE INSERT OR UPDATE ON public.establishment_year FOR EACH ROW EXECUTE FUNCTION public.inherit_owner('establishment', 'establishment_id');

CREATE TRIGGER inherit_owner BEFORE INSERT OR UPDATE ON public.fair_booth FOR EACH ROW EXECUTE FUNCTION public.inherit_owner('fair', 'fair_id');

CREATE TRIGGER inherit_owner BEFORE INSERT OR UPDATE ON public.payment_request FOR EACH ROW EXECUTE FUNCTION public.inherit_owner('project', 'project_id');

CREATE TRIGGER inherit_owner BEFORE INSERT OR UPDATE ON public.programme_version FOR EACH ROW EXECUTE FUNCTION public.inherit_owner('programme', 'programme_id');

CREATE TRIGGER inherit_owner BEFORE INSERT OR UPDATE ON public.project_funding FOR EACH ROW EXECUTE FUNCTION public.inherit_owner('project', 'project_id');

CREATE TRIGGER inherit_owner BEFORE INSERT OR UPDATE ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.inherit_owner('project', 'project_id');

CREATE TRIGGER inherit_owner BEFORE INSERT OR UPDATE ON public.project_output FOR EACH ROW EXECUTE FUNCTION public.inherit_owner('project', 'project_id');

CREATE TRIGGER inherit_owner BEFORE INSERT OR UPDATE ON public.settlement FOR EACH ROW EXECUTE FUNCTION public.inherit_owner('project', 'project_id');

CREATE TRIGGER inherit_owner BEFORE INSERT OR UPDATE ON public.target FOR EACH ROW WHEN ((new.programme_id IS NOT NULL)) EXECUTE FUNCTION public.inherit_owner('programme', 'programme_id');

CREATE TRIGGER inherit_owner BEFORE INSERT OR UPDATE ON public.target_assessment FOR EACH ROW EXECUTE FUNCTION public.inherit_owner('target', 'target_id');

CREATE TRIGGER inherit_owner_of_plan BEFORE INSERT OR UPDATE ON public.target FOR EACH ROW WHEN ((new.annual_plan_id IS NOT NULL)) EXECUTE FUNCTION public.inherit_owner('annual_plan', 'annual_plan_id');

CREATE TRIGGER inspection_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('inspection', 'project_line_id');

CREATE TRIGGER keep_accepted BEFORE UPDATE ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.keep_accepted_line();

CREATE TRIGGER keep_changes AFTER UPDATE ON public.file FOR EACH ROW WHEN (((old.status IS DISTINCT FROM new.status) OR (old.deleted_at IS DISTINCT FROM new.deleted_at))) EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_cited BEFORE UPDATE OF deleted_at ON public.file FOR EACH ROW EXECUTE FUNCTION public.keep_cited_file();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.acceptance FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.affected_area FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.allocation FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.annual_plan FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.annual_plan_item FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.appraisal FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.brand_support FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.certificate FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.client FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.cluster_support FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.contract FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.demonstration_model FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.difficulty FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.display_point FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.display_point_product FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.display_point_sale FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.effect_survey FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.eligible_area FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.establishment FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.establishment_year FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.fair FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.fair_booth FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE ON public.file FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.import FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.inspection FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.norm FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.ocop_registration FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.ocop_round FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.organisation FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.override FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.parameter FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.payment_request FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.plan_adjustment FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.plan_call FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.pollution_support FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.priority_rule FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.product FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.programme FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.programme_version FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.progress_report FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.project FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.project_funding FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.project_output FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.relocation_support FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.report_snapshot FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.role_assignment FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.seminar FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.settlement FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.showroom FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.size_threshold FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.study_tour FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.survey FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.target FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.target_assessment FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.training_class FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public."user" FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.voting_council FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.voting_entry FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.voting_regulation FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.voting_round FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER keep_history AFTER INSERT OR DELETE OR UPDATE ON public.voting_score_sheet FOR EACH ROW EXECUTE FUNCTION public.keep_history();

CREATE TRIGGER known_place BEFORE INSERT OR UPDATE ON public.eligible_area FOR EACH ROW EXECUTE FUNCTION public.rule_place();

CREATE TRIGGER known_place BEFORE INSERT OR UPDATE ON public.parameter FOR EACH ROW EXECUTE FUNCTION public.rule_place();

CREATE TRIGGER level BEFORE INSERT ON public.override FOR EACH ROW EXECUTE FUNCTION public.override_level();

CREATE TRIGGER life_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.project FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('appraisal', 'project_id');

CREATE TRIGGER locked BEFORE UPDATE ON public.difficulty FOR EACH ROW EXECUTE FUNCTION public.locked_in('resolved');

CREATE TRIGGER locked BEFORE UPDATE ON public.effect_survey FOR EACH ROW EXECUTE FUNCTION public.locked_in('confirmed');

CREATE TRIGGER locked BEFORE UPDATE ON public.inspection FOR EACH ROW EXECUTE FUNCTION public.locked_in('closed');

CREATE TRIGGER locked BEFORE UPDATE ON public.override FOR EACH ROW EXECUTE FUNCTION public.locked_in('granted', 'revoked');

CREATE TRIGGER locked BEFORE UPDATE ON public.progress_report FOR EACH ROW EXECUTE FUNCTION public.locked_in('submitted', 'confirmed');

CREATE TRIGGER locked BEFORE UPDATE ON public.voting_score_sheet FOR EACH ROW EXECUTE FUNCTION public.locked_in('submitted');

CREATE TRIGGER log_certificate AFTER INSERT OR UPDATE ON public.certificate FOR EACH ROW EXECUTE FUNCTION public.log_certificate();

CREATE TRIGGER money_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.project FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('contract', 'project_id');

CREATE TRIGGER money_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('contract', 'line_id', 'acceptance', 'line_id', 'settlement', 'line_id');

CREATE TRIGGER move_products AFTER UPDATE ON public.establishment FOR EACH ROW EXECUTE FUNCTION public.move_products();

CREATE TRIGGER ocop_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.establishment FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('product', 'establishment_id', 'ocop_registration', 'establishment_id');

CREATE TRIGGER override_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('override', 'project_line_id');

CREATE TRIGGER plans_refuse_while_referenced BEFORE UPDATE OF deleted_at ON public.programme FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('annual_plan', 'programme_id');

CREATE TRIGGER plans_refuse_while_referenced BEFORE UPDATE OF deleted_at ON public.project FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('annual_plan_item', 'project_id');

CREATE TRIGGER pollution_support_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('pollution_support', 'project_line_id');

CREATE TRIGGER post AFTER INSERT ON public.allocation FOR EACH ROW EXECUTE FUNCTION public.post_allocation();

CREATE TRIGGER progress_report_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('progress_report', 'project_line_id');

CREATE TRIGGER promotion_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.establishment FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('project_line', 'establishment_id');

CREATE TRIGGER promotion_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.organisation FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('project', 'implementer_id', 'project', 'managing_organisation_id');

CREATE TRIGGER refuse_more BEFORE INSERT ON public.file_chunk FOR EACH ROW EXECUTE FUNCTION public.refuse_more_bytes();

CREATE TRIGGER refuse_rewriting BEFORE DELETE OR UPDATE OR TRUNCATE ON public.allocation FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_rewriting();

CREATE TRIGGER refuse_rewriting BEFORE DELETE OR UPDATE OR TRUNCATE ON public.annual_plan_item_version FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_rewriting();

CREATE TRIGGER refuse_rewriting BEFORE DELETE OR UPDATE OR TRUNCATE ON public.certificate_log FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_rewriting();

CREATE TRIGGER refuse_rewriting BEFORE DELETE OR UPDATE OR TRUNCATE ON public.file_citation FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_rewriting();

CREATE TRIGGER refuse_rewriting BEFORE DELETE OR UPDATE OR TRUNCATE ON public.import FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_rewriting();

CREATE TRIGGER refuse_rewriting BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_rewriting();

CREATE TRIGGER refuse_rewriting BEFORE DELETE OR UPDATE OR TRUNCATE ON public.merkle_node FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_rewriting();

CREATE TRIGGER refuse_rewriting BEFORE DELETE OR UPDATE OR TRUNCATE ON public.snapshot FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_rewriting();

CREATE TRIGGER refuse_rewriting BEFORE DELETE OR UPDATE OR TRUNCATE ON public.transition FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_rewriting();

CREATE TRIGGER refuse_while_referenced BEFORE UPDATE OF deleted_at ON public.annual_plan FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('annual_plan_item', 'annual_plan_id');

CREATE TRIGGER refuse_while_referenced BEFORE UPDATE OF deleted_at ON public.ocop_round FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('ocop_registration', 'round_id');

CREATE TRIGGER refuse_while_referenced BEFORE UPDATE OF deleted_at ON public.product FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('ocop_registration', 'product_id');

CREATE TRIGGER refuse_while_referenced BEFORE UPDATE OF deleted_at ON public.programme FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('project', 'programme_id', 'programme', 'predecessor_id');

CREATE TRIGGER refuse_while_referenced BEFORE UPDATE OF deleted_at ON public.project FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('project', 'parent_id');

CREATE TRIGGER refuse_while_referenced BEFORE UPDATE OF deleted_at ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('project_funding', 'line_id', 'project_output', 'line_id');

CREATE TRIGGER refuse_while_referenced BEFORE UPDATE OF deleted_at ON public.voting_council FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('voting_score_sheet', 'council_id');

CREATE TRIGGER refuse_while_referenced BEFORE UPDATE OF deleted_at ON public.voting_entry FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('voting_score_sheet', 'entry_id', 'certificate', 'entry_id');

CREATE TRIGGER refuse_while_referenced BEFORE UPDATE OF deleted_at ON public.voting_regulation FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('voting_round', 'regulation_id');

CREATE TRIGGER refuse_while_referenced BEFORE UPDATE OF deleted_at ON public.voting_round FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('voting_entry', 'round_id', 'voting_council', 'round_id');

CREATE TRIGGER registry_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.organisation FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('organisation', 'parent_id');

CREATE TRIGGER relocation_support_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('relocation_support', 'project_line_id');

CREATE TRIGGER rules BEFORE INSERT OR UPDATE ON public.acceptance FOR EACH ROW EXECUTE FUNCTION public.acceptance_rules();

CREATE TRIGGER rules BEFORE INSERT OR UPDATE ON public.contract FOR EACH ROW EXECUTE FUNCTION public.contract_rules();

CREATE TRIGGER rules BEFORE INSERT ON public.ledger_entry FOR EACH ROW EXECUTE FUNCTION public.ledger_entry_rules();

CREATE TRIGGER rules BEFORE INSERT OR UPDATE ON public.payment_request FOR EACH ROW EXECUTE FUNCTION public.payment_request_rules();

CREATE TRIGGER rules AFTER INSERT OR UPDATE ON public.project FOR EACH ROW EXECUTE FUNCTION public.project_rules();

CREATE TRIGGER rules BEFORE INSERT OR UPDATE ON public.project_funding FOR EACH ROW EXECUTE FUNCTION public.project_part_rules();

CREATE TRIGGER rules BEFORE INSERT OR UPDATE ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.project_line_rules();

CREATE TRIGGER rules BEFORE INSERT OR UPDATE ON public.project_output FOR EACH ROW EXECUTE FUNCTION public.project_part_rules();

CREATE TRIGGER rules BEFORE INSERT OR UPDATE ON public.settlement FOR EACH ROW EXECUTE FUNCTION public.settlement_rules();

CREATE TRIGGER seminar_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('seminar', 'project_line_id');

CREATE TRIGGER showroom_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('showroom', 'project_line_id');

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.acceptance FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.affected_area FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.allocation FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.annual_plan FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.annual_plan_item FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.appraisal FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.brand_support FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.certificate FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.client FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.cluster_support FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.contract FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.demonstration_model FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.difficulty FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.display_point FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.display_point_product FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.display_point_sale FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.effect_survey FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.eligible_area FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.establishment FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.establishment_year FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.fair FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.fair_booth FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.file FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.import FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.inspection FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.norm FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.ocop_registration FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.ocop_round FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.organisation FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.override FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.parameter FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.payment_request FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.plan_adjustment FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.plan_call FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.pollution_support FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.priority_rule FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.product FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.programme FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.programme_version FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.progress_report FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.project FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.project_funding FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.project_output FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.relocation_support FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.report_snapshot FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.role_assignment FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.seminar FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.settlement FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.showroom FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.size_threshold FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.study_tour FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.survey FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.target FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.target_assessment FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.training_class FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public."user" FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.voting_council FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.voting_entry FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.voting_regulation FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.voting_round FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON public.voting_score_sheet FOR EACH ROW EXECUTE FUNCTION public.stamp_row();

CREATE TRIGGER study_tour_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('study_tour', 'project_line_id');

CREATE TRIGGER surveys_refuse_while_referenced BEFORE UPDATE OF deleted_at ON public.establishment FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('survey', 'establishment_id');

CREATE TRIGGER surveys_refuse_while_referenced BEFORE UPDATE OF deleted_at ON public.project FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('survey', 'project_id');

CREATE TRIGGER touch_parent AFTER INSERT OR UPDATE ON public.display_point_product FOR EACH ROW EXECUTE FUNCTION public.touch_parent('display_point', 'display_point_id');

CREATE TRIGGER touch_parent AFTER INSERT OR UPDATE ON public.display_point_sale FOR EACH ROW EXECUTE FUNCTION public.touch_parent('display_point', 'display_point_id');

CREATE TRIGGER touch_parent AFTER INSERT OR UPDATE ON public.establishment_year FOR EACH ROW EXECUTE FUNCTION public.touch_parent('establishment', 'establishment_id');

CREATE TRIGGER touch_parent AFTER INSERT OR UPDATE ON public.fair_booth FOR EACH ROW EXECUTE FUNCTION public.touch_parent('fair', 'fair_id');

CREATE TRIGGER touch_parent AFTER INSERT OR UPDATE ON public.programme_version FOR EACH ROW EXECUTE FUNCTION public.touch_parent('programme', 'programme_id');

CREATE TRIGGER touch_parent AFTER INSERT OR UPDATE ON public.project_funding FOR EACH ROW EXECUTE FUNCTION public.touch_parent('project', 'project_id');

CREATE TRIGGER touch_parent AFTER INSERT OR UPDATE ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.touch_parent('project', 'project_id');

CREATE TRIGGER touch_parent AFTER INSERT OR UPDATE ON public.project_output FOR EACH ROW EXECUTE FUNCTION public.touch_parent('project', 'project_id');

CREATE TRIGGER touch_parent AFTER INSERT OR UPDATE ON public.target FOR EACH ROW WHEN ((new.programme_id IS NOT NULL)) EXECUTE FUNCTION public.touch_parent('programme', 'programme_id');

CREATE TRIGGER touch_parent AFTER INSERT OR UPDATE ON public.target_assessment FOR EACH ROW EXECUTE FUNCTION public.touch_parent('target', 'target_id');

CREATE TRIGGER touch_plan AFTER INSERT OR UPDATE ON public.annual_plan_item FOR EACH ROW EXECUTE FUNCTION public.touch_plan();

CREATE TRIGGER touch_plan AFTER INSERT OR UPDATE ON public.target FOR EACH ROW WHEN ((new.annual_plan_id IS NOT NULL)) EXECUTE FUNCTION public.touch_parent('annual_plan', 'annual_plan_id');

CREATE TRIGGER training_class_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.project_line FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('training_class', 'project_line_id');

CREATE TRIGGER voting_refuses_while_referenced BEFORE UPDATE OF deleted_at ON public.product FOR EACH ROW EXECUTE FUNCTION public.refuse_while_referenced('voting_entry', 'product_id');

ALTER TABLE ONLY public.acceptance
    ADD CONSTRAINT acceptance_line_fkey FOREIGN KEY (project_id, line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.acceptance
    ADD CONSTRAINT acceptance_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.acceptance
    ADD CONSTRAINT acceptance_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.affected_area
    ADD CONSTRAINT affected_area_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.allocation
    ADD CONSTRAINT allocation_allocated_by_fkey FOREIGN KEY (allocated_by_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.allocation
    ADD CONSTRAINT allocation_from_organisation_fkey FOREIGN KEY (from_organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.allocation
    ADD CONSTRAINT allocation_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.annual_plan_item
    ADD CONSTRAINT annual_plan_item_adjustment_fkey FOREIGN KEY (plan_adjustment_id) REFERENCES public.plan_adjustment(id);

ALTER TABLE ONLY public.annual_plan_item
    ADD CONSTRAINT annual_plan_item_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.annual_plan_item
    ADD CONSTRAINT annual_plan_item_plan_fkey FOREIGN KEY (annual_plan_id) REFERENCES public.annual_plan(id);

ALTER TABLE ONLY public.annual_plan_item
    ADD CONSTRAINT annual_plan_item_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.annual_plan_item_version
    ADD CONSTRAINT annual_plan_item_version_adjustment_fkey FOREIGN KEY (plan_adjustment_id) REFERENCES public.plan_adjustment(id);

ALTER TABLE ONLY public.annual_plan_item_version
    ADD CONSTRAINT annual_plan_item_version_item_fkey FOREIGN KEY (item_id) REFERENCES public.annual_plan_item(id);

ALTER TABLE ONLY public.annual_plan_item_version
    ADD CONSTRAINT annual_plan_item_version_transition_fkey FOREIGN KEY (transition_id) REFERENCES public.transition(id);

ALTER TABLE ONLY public.annual_plan
    ADD CONSTRAINT annual_plan_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.annual_plan
    ADD CONSTRAINT annual_plan_programme_fkey FOREIGN KEY (programme_id) REFERENCES public.programme(id);

ALTER TABLE ONLY public.appraisal
    ADD CONSTRAINT appraisal_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.appraisal
    ADD CONSTRAINT appraisal_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.brand_support
    ADD CONSTRAINT brand_support_line_fkey FOREIGN KEY (project_id, project_line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.brand_support
    ADD CONSTRAINT brand_support_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.brand_support
    ADD CONSTRAINT brand_support_product_fkey FOREIGN KEY (product_id) REFERENCES public.product(id);

ALTER TABLE ONLY public.brand_support
    ADD CONSTRAINT brand_support_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.certificate
    ADD CONSTRAINT certificate_entry_fkey FOREIGN KEY (entry_id) REFERENCES public.voting_entry(id);

ALTER TABLE ONLY public.certificate
    ADD CONSTRAINT certificate_establishment_fkey FOREIGN KEY (establishment_id) REFERENCES public.establishment(id);

ALTER TABLE ONLY public.certificate
    ADD CONSTRAINT certificate_issuer_fkey FOREIGN KEY (issuer_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.certificate_log
    ADD CONSTRAINT certificate_log_certificate_fkey FOREIGN KEY (certificate_id) REFERENCES public.certificate(id);

ALTER TABLE ONLY public.certificate
    ADD CONSTRAINT certificate_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.certificate
    ADD CONSTRAINT certificate_product_fkey FOREIGN KEY (product_id) REFERENCES public.product(id);

ALTER TABLE ONLY public.certificate
    ADD CONSTRAINT certificate_product_set_fkey FOREIGN KEY (product_set_id) REFERENCES public.ocop_product_set(id);

ALTER TABLE ONLY public.certificate
    ADD CONSTRAINT certificate_registration_fkey FOREIGN KEY (registration_id) REFERENCES public.ocop_registration(id);

ALTER TABLE ONLY public.certificate
    ADD CONSTRAINT certificate_replaced_by_fkey FOREIGN KEY (replaced_by_id) REFERENCES public.certificate(id);

ALTER TABLE ONLY public.client
    ADD CONSTRAINT client_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.client_secret
    ADD CONSTRAINT client_secret_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.client(id);

ALTER TABLE ONLY public.cluster_support
    ADD CONSTRAINT cluster_support_line_fkey FOREIGN KEY (project_id, project_line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.cluster_support
    ADD CONSTRAINT cluster_support_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.cluster_support
    ADD CONSTRAINT cluster_support_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.contract
    ADD CONSTRAINT contract_line_fkey FOREIGN KEY (project_id, line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.contract
    ADD CONSTRAINT contract_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.contract
    ADD CONSTRAINT contract_parent_fkey FOREIGN KEY (parent_id) REFERENCES public.contract(id);

ALTER TABLE ONLY public.contract
    ADD CONSTRAINT contract_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.demonstration_model
    ADD CONSTRAINT demonstration_model_line_fkey FOREIGN KEY (project_id, project_line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.demonstration_model
    ADD CONSTRAINT demonstration_model_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.demonstration_model
    ADD CONSTRAINT demonstration_model_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.difficulty
    ADD CONSTRAINT difficulty_establishment_fkey FOREIGN KEY (establishment_id) REFERENCES public.establishment(id);

ALTER TABLE ONLY public.difficulty
    ADD CONSTRAINT difficulty_forwarded_to_fkey FOREIGN KEY (forwarded_to_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.difficulty
    ADD CONSTRAINT difficulty_line_fkey FOREIGN KEY (project_id, project_line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.difficulty
    ADD CONSTRAINT difficulty_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.difficulty
    ADD CONSTRAINT difficulty_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.display_point
    ADD CONSTRAINT display_point_establishment_fkey FOREIGN KEY (establishment_id) REFERENCES public.establishment(id);

ALTER TABLE ONLY public.display_point
    ADD CONSTRAINT display_point_line_fkey FOREIGN KEY (project_id, project_line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.display_point
    ADD CONSTRAINT display_point_operator_fkey FOREIGN KEY (operator_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.display_point
    ADD CONSTRAINT display_point_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.display_point_product
    ADD CONSTRAINT display_point_product_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.display_point_product
    ADD CONSTRAINT display_point_product_point_fkey FOREIGN KEY (display_point_id) REFERENCES public.display_point(id);

ALTER TABLE ONLY public.display_point_product
    ADD CONSTRAINT display_point_product_product_fkey FOREIGN KEY (product_id) REFERENCES public.product(id);

ALTER TABLE ONLY public.display_point
    ADD CONSTRAINT display_point_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.display_point_sale
    ADD CONSTRAINT display_point_sale_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.display_point_sale
    ADD CONSTRAINT display_point_sale_point_fkey FOREIGN KEY (display_point_id) REFERENCES public.display_point(id);

ALTER TABLE ONLY public.effect_survey
    ADD CONSTRAINT effect_survey_establishment_fkey FOREIGN KEY (establishment_id) REFERENCES public.establishment(id);

ALTER TABLE ONLY public.effect_survey
    ADD CONSTRAINT effect_survey_line_fkey FOREIGN KEY (project_id, project_line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.effect_survey
    ADD CONSTRAINT effect_survey_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.effect_survey
    ADD CONSTRAINT effect_survey_product_fkey FOREIGN KEY (product_id) REFERENCES public.product(id);

ALTER TABLE ONLY public.effect_survey
    ADD CONSTRAINT effect_survey_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.eligible_area
    ADD CONSTRAINT eligible_area_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.eligible_area
    ADD CONSTRAINT eligible_area_replaces_fkey FOREIGN KEY (replaces_id) REFERENCES public.eligible_area(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.establishment_year
    ADD CONSTRAINT establishment_year_establishment_fkey FOREIGN KEY (establishment_id) REFERENCES public.establishment(id);

ALTER TABLE ONLY public.fair_booth
    ADD CONSTRAINT fair_booth_establishment_fkey FOREIGN KEY (establishment_id) REFERENCES public.establishment(id);

ALTER TABLE ONLY public.fair_booth
    ADD CONSTRAINT fair_booth_fair_fkey FOREIGN KEY (fair_id) REFERENCES public.fair(id);

ALTER TABLE ONLY public.fair_booth
    ADD CONSTRAINT fair_booth_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.fair
    ADD CONSTRAINT fair_line_fkey FOREIGN KEY (project_id, project_line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.fair
    ADD CONSTRAINT fair_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.fair
    ADD CONSTRAINT fair_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.file_chunk
    ADD CONSTRAINT file_chunk_content_fkey FOREIGN KEY (content_id) REFERENCES public.file_content(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.file_citation
    ADD CONSTRAINT file_citation_file_fkey FOREIGN KEY (file_id) REFERENCES public.file(id);

ALTER TABLE ONLY public.file_citation
    ADD CONSTRAINT file_citation_transition_fkey FOREIGN KEY (transition_id) REFERENCES public.transition(id);

ALTER TABLE ONLY public.file
    ADD CONSTRAINT file_content_fkey FOREIGN KEY (id) REFERENCES public.file_content(id);

ALTER TABLE ONLY public.file
    ADD CONSTRAINT file_media_type_fkey FOREIGN KEY (media_type) REFERENCES public.file_type(media_type);

ALTER TABLE ONLY public.file
    ADD CONSTRAINT file_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.import
    ADD CONSTRAINT import_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.inspection
    ADD CONSTRAINT inspection_line_fkey FOREIGN KEY (project_id, project_line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.inspection
    ADD CONSTRAINT inspection_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.inspection
    ADD CONSTRAINT inspection_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_allocation_fkey FOREIGN KEY (allocation_id) REFERENCES public.allocation(id);

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_contract_fkey FOREIGN KEY (contract_id) REFERENCES public.contract(id);

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_from_holder_fkey FOREIGN KEY (from_holder_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_holder_fkey FOREIGN KEY (holder_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_import_fkey FOREIGN KEY (import_id) REFERENCES public.import(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_line_fkey FOREIGN KEY (project_id, line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_payment_request_fkey FOREIGN KEY (payment_request_id) REFERENCES public.payment_request(id);

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_reverses_fkey FOREIGN KEY (reverses_id) REFERENCES public.ledger_entry(id);

ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_settlement_fkey FOREIGN KEY (settlement_id) REFERENCES public.settlement(id);

ALTER TABLE ONLY public.norm
    ADD CONSTRAINT norm_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.norm
    ADD CONSTRAINT norm_replaces_fkey FOREIGN KEY (replaces_id) REFERENCES public.norm(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.norm_territory
    ADD CONSTRAINT norm_territory_norm_id_fkey FOREIGN KEY (norm_id) REFERENCES public.norm(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.ocop_registration
    ADD CONSTRAINT ocop_registration_establishment_fkey FOREIGN KEY (establishment_id) REFERENCES public.establishment(id);

ALTER TABLE ONLY public.ocop_registration
    ADD CONSTRAINT ocop_registration_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.ocop_registration
    ADD CONSTRAINT ocop_registration_product_fkey FOREIGN KEY (product_id) REFERENCES public.product(id);

ALTER TABLE ONLY public.ocop_registration
    ADD CONSTRAINT ocop_registration_product_set_fkey FOREIGN KEY (product_set_id) REFERENCES public.ocop_product_set(id);

ALTER TABLE ONLY public.ocop_registration
    ADD CONSTRAINT ocop_registration_round_fkey FOREIGN KEY (round_id) REFERENCES public.ocop_round(id);

ALTER TABLE ONLY public.ocop_round
    ADD CONSTRAINT ocop_round_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.organisation
    ADD CONSTRAINT organisation_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.override
    ADD CONSTRAINT override_line_fkey FOREIGN KEY (project_id, project_line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.override
    ADD CONSTRAINT override_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.override
    ADD CONSTRAINT override_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.parameter
    ADD CONSTRAINT parameter_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.parameter
    ADD CONSTRAINT parameter_replaces_fkey FOREIGN KEY (replaces_id) REFERENCES public.parameter(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.payment_request
    ADD CONSTRAINT payment_request_contract_fkey FOREIGN KEY (contract_id) REFERENCES public.contract(id);

ALTER TABLE ONLY public.payment_request
    ADD CONSTRAINT payment_request_line_fkey FOREIGN KEY (project_id, line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.payment_request
    ADD CONSTRAINT payment_request_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.payment_request
    ADD CONSTRAINT payment_request_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.plan_adjustment
    ADD CONSTRAINT plan_adjustment_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.plan_adjustment
    ADD CONSTRAINT plan_adjustment_plan_fkey FOREIGN KEY (annual_plan_id) REFERENCES public.annual_plan(id);

ALTER TABLE ONLY public.plan_call
    ADD CONSTRAINT plan_call_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.pollution_support
    ADD CONSTRAINT pollution_support_line_fkey FOREIGN KEY (project_id, project_line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.pollution_support
    ADD CONSTRAINT pollution_support_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.pollution_support
    ADD CONSTRAINT pollution_support_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.priority_rule
    ADD CONSTRAINT priority_rule_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.priority_rule
    ADD CONSTRAINT priority_rule_replaces_fkey FOREIGN KEY (replaces_id) REFERENCES public.priority_rule(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.product
    ADD CONSTRAINT product_establishment_fkey FOREIGN KEY (establishment_id) REFERENCES public.establishment(id);

ALTER TABLE ONLY public.product
    ADD CONSTRAINT product_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.programme
    ADD CONSTRAINT programme_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.programme
    ADD CONSTRAINT programme_predecessor_fkey FOREIGN KEY (predecessor_id) REFERENCES public.programme(id);

ALTER TABLE ONLY public.programme_version
    ADD CONSTRAINT programme_version_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.programme_version
    ADD CONSTRAINT programme_version_programme_fkey FOREIGN KEY (programme_id) REFERENCES public.programme(id);

ALTER TABLE ONLY public.programme_version
    ADD CONSTRAINT programme_version_transition_fkey FOREIGN KEY (transition_id) REFERENCES public.transition(id);

ALTER TABLE ONLY public.progress_report
    ADD CONSTRAINT progress_report_line_fkey FOREIGN KEY (project_id, project_line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.progress_report
    ADD CONSTRAINT progress_report_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.progress_report
    ADD CONSTRAINT progress_report_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.project_funding
    ADD CONSTRAINT project_funding_line_fkey FOREIGN KEY (project_id, line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.project_funding
    ADD CONSTRAINT project_funding_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.project_funding
    ADD CONSTRAINT project_funding_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.project
    ADD CONSTRAINT project_implementer_fkey FOREIGN KEY (implementer_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.project_line
    ADD CONSTRAINT project_line_establishment_fkey FOREIGN KEY (establishment_id) REFERENCES public.establishment(id);

ALTER TABLE ONLY public.project_line
    ADD CONSTRAINT project_line_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.project_line
    ADD CONSTRAINT project_line_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.project
    ADD CONSTRAINT project_managing_organisation_fkey FOREIGN KEY (managing_organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.project
    ADD CONSTRAINT project_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.project_output
    ADD CONSTRAINT project_output_line_fkey FOREIGN KEY (project_id, line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.project_output
    ADD CONSTRAINT project_output_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.project_output
    ADD CONSTRAINT project_output_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.project
    ADD CONSTRAINT project_parent_fkey FOREIGN KEY (parent_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.project
    ADD CONSTRAINT project_programme_fkey FOREIGN KEY (programme_id) REFERENCES public.programme(id);

ALTER TABLE ONLY public.region_member
    ADD CONSTRAINT region_member_region_code_fkey FOREIGN KEY (region_code) REFERENCES public.region(code);

ALTER TABLE ONLY public.relocation_support
    ADD CONSTRAINT relocation_support_line_fkey FOREIGN KEY (project_id, project_line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.relocation_support
    ADD CONSTRAINT relocation_support_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.relocation_support
    ADD CONSTRAINT relocation_support_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.report_snapshot
    ADD CONSTRAINT report_snapshot_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.report_snapshot
    ADD CONSTRAINT report_snapshot_sent_to_fkey FOREIGN KEY (sent_to_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.role_assignment
    ADD CONSTRAINT role_assignment_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.role_assignment
    ADD CONSTRAINT role_assignment_user_fkey FOREIGN KEY (user_id) REFERENCES public."user"(id);

ALTER TABLE ONLY public.seminar
    ADD CONSTRAINT seminar_host_fkey FOREIGN KEY (host_organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.seminar
    ADD CONSTRAINT seminar_line_fkey FOREIGN KEY (project_id, project_line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.seminar
    ADD CONSTRAINT seminar_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.seminar
    ADD CONSTRAINT seminar_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.settlement
    ADD CONSTRAINT settlement_line_fkey FOREIGN KEY (project_id, line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.settlement
    ADD CONSTRAINT settlement_norm_fkey FOREIGN KEY (norm_id) REFERENCES public.norm(id);

ALTER TABLE ONLY public.settlement
    ADD CONSTRAINT settlement_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.settlement
    ADD CONSTRAINT settlement_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.showroom
    ADD CONSTRAINT showroom_line_fkey FOREIGN KEY (project_id, project_line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.showroom
    ADD CONSTRAINT showroom_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.showroom
    ADD CONSTRAINT showroom_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.size_threshold
    ADD CONSTRAINT size_threshold_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.size_threshold
    ADD CONSTRAINT size_threshold_replaces_fkey FOREIGN KEY (replaces_id) REFERENCES public.size_threshold(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.snapshot
    ADD CONSTRAINT snapshot_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.study_tour
    ADD CONSTRAINT study_tour_host_fkey FOREIGN KEY (host_organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.study_tour
    ADD CONSTRAINT study_tour_line_fkey FOREIGN KEY (project_id, project_line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.study_tour
    ADD CONSTRAINT study_tour_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.study_tour
    ADD CONSTRAINT study_tour_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.survey
    ADD CONSTRAINT survey_establishment_fkey FOREIGN KEY (establishment_id) REFERENCES public.establishment(id);

ALTER TABLE ONLY public.survey
    ADD CONSTRAINT survey_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.survey
    ADD CONSTRAINT survey_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.target
    ADD CONSTRAINT target_annual_plan_fkey FOREIGN KEY (annual_plan_id) REFERENCES public.annual_plan(id);

ALTER TABLE ONLY public.target_assessment
    ADD CONSTRAINT target_assessment_assessed_by_fkey FOREIGN KEY (assessed_by_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.target_assessment
    ADD CONSTRAINT target_assessment_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.target_assessment
    ADD CONSTRAINT target_assessment_target_fkey FOREIGN KEY (target_id) REFERENCES public.target(id);

ALTER TABLE ONLY public.target
    ADD CONSTRAINT target_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.target
    ADD CONSTRAINT target_programme_fkey FOREIGN KEY (programme_id) REFERENCES public.programme(id);

ALTER TABLE ONLY public.training_class
    ADD CONSTRAINT training_class_line_fkey FOREIGN KEY (project_id, project_line_id) REFERENCES public.project_line(project_id, id);

ALTER TABLE ONLY public.training_class
    ADD CONSTRAINT training_class_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.training_class
    ADD CONSTRAINT training_class_project_fkey FOREIGN KEY (project_id) REFERENCES public.project(id);

ALTER TABLE ONLY public.transition
    ADD CONSTRAINT transition_acting_organisation_fkey FOREIGN KEY (acting_organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.transition
    ADD CONSTRAINT transition_corrects_fkey FOREIGN KEY (corrects_id) REFERENCES public.transition(id);

ALTER TABLE ONLY public.transition
    ADD CONSTRAINT transition_from_status_fkey FOREIGN KEY (record_type, from_status) REFERENCES public.record_status(record_type, status);

ALTER TABLE ONLY public.transition_rule
    ADD CONSTRAINT transition_rule_from_status_fkey FOREIGN KEY (record_type, from_status) REFERENCES public.record_status(record_type, status);

ALTER TABLE ONLY public.transition_rule
    ADD CONSTRAINT transition_rule_to_status_fkey FOREIGN KEY (record_type, to_status) REFERENCES public.record_status(record_type, status);

ALTER TABLE ONLY public.transition
    ADD CONSTRAINT transition_snapshot_fkey FOREIGN KEY (snapshot_id) REFERENCES public.snapshot(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.transition
    ADD CONSTRAINT transition_to_status_fkey FOREIGN KEY (record_type, to_status) REFERENCES public.record_status(record_type, status);

ALTER TABLE ONLY public."user"
    ADD CONSTRAINT user_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.voting_council
    ADD CONSTRAINT voting_council_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.voting_council
    ADD CONSTRAINT voting_council_round_fkey FOREIGN KEY (round_id) REFERENCES public.voting_round(id);

ALTER TABLE ONLY public.voting_entry
    ADD CONSTRAINT voting_entry_establishment_fkey FOREIGN KEY (establishment_id) REFERENCES public.establishment(id);

ALTER TABLE ONLY public.voting_entry
    ADD CONSTRAINT voting_entry_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.voting_entry
    ADD CONSTRAINT voting_entry_previous_fkey FOREIGN KEY (previous_certificate_id) REFERENCES public.certificate(id);

ALTER TABLE ONLY public.voting_entry
    ADD CONSTRAINT voting_entry_product_fkey FOREIGN KEY (product_id) REFERENCES public.product(id);

ALTER TABLE ONLY public.voting_entry
    ADD CONSTRAINT voting_entry_round_fkey FOREIGN KEY (round_id) REFERENCES public.voting_round(id);

ALTER TABLE ONLY public.voting_regulation
    ADD CONSTRAINT voting_regulation_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.voting_round
    ADD CONSTRAINT voting_round_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE ONLY public.voting_round
    ADD CONSTRAINT voting_round_regulation_fkey FOREIGN KEY (regulation_id) REFERENCES public.voting_regulation(id);

ALTER TABLE ONLY public.voting_score_sheet
    ADD CONSTRAINT voting_score_sheet_council_fkey FOREIGN KEY (council_id) REFERENCES public.voting_council(id);

ALTER TABLE ONLY public.voting_score_sheet
    ADD CONSTRAINT voting_score_sheet_entry_fkey FOREIGN KEY (entry_id) REFERENCES public.voting_entry(id);

ALTER TABLE ONLY public.voting_score_sheet
    ADD CONSTRAINT voting_score_sheet_organisation_fkey FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);

ALTER TABLE public.acceptance ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.activity ENABLE ROW LEVEL SECURITY;

CREATE POLICY added ON public.acceptance FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = acceptance.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY added ON public.affected_area FOR INSERT TO kc_api WITH CHECK (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE public.in_territory(province_code)
END);

CREATE POLICY added ON public.allocation FOR INSERT TO kc_api WITH CHECK (((public.in_territory(province_code) OR (public.claim('app.tier'::text) = 'central'::text)) AND (allocated_by_id = (public.claim('app.organisation_id'::text))::uuid)));

CREATE POLICY added ON public.annual_plan FOR INSERT TO kc_api WITH CHECK (
CASE
    WHEN (level = 'national'::text) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE public.in_territory(province_code)
END);

CREATE POLICY added ON public.annual_plan_item FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid)));

CREATE POLICY added ON public.annual_plan_item_version FOR INSERT TO kc_api WITH CHECK ((EXISTS ( SELECT
   FROM public.annual_plan_item i
  WHERE (i.id = annual_plan_item_version.item_id))));

CREATE POLICY added ON public.appraisal FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = appraisal.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY added ON public.brand_support FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR ((project_id IS NOT NULL) AND ((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = brand_support.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))))));

CREATE POLICY added ON public.certificate FOR INSERT TO kc_api WITH CHECK (public.in_territory(province_code));

CREATE POLICY added ON public.cluster_support FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR ((project_id IS NOT NULL) AND ((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = cluster_support.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))))));

CREATE POLICY added ON public.contract FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = contract.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY added ON public.demonstration_model FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR ((project_id IS NOT NULL) AND ((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = demonstration_model.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))))));

CREATE POLICY added ON public.difficulty FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR ((project_id IS NOT NULL) AND ((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = difficulty.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))))));

CREATE POLICY added ON public.display_point FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR ((project_id IS NOT NULL) AND ((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = display_point.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))))));

CREATE POLICY added ON public.display_point_product FOR INSERT TO kc_api WITH CHECK ((EXISTS ( SELECT
   FROM public.display_point d
  WHERE (d.id = display_point_product.display_point_id))));

CREATE POLICY added ON public.display_point_sale FOR INSERT TO kc_api WITH CHECK ((EXISTS ( SELECT
   FROM public.display_point d
  WHERE (d.id = display_point_sale.display_point_id))));

CREATE POLICY added ON public.effect_survey FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR ((project_id IS NOT NULL) AND ((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = effect_survey.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))))));

CREATE POLICY added ON public.eligible_area FOR INSERT TO kc_api WITH CHECK ((public.claim('app.tier'::text) = 'central'::text));

CREATE POLICY added ON public.establishment FOR INSERT TO kc_api WITH CHECK (public.in_territory(province_code));

CREATE POLICY added ON public.establishment_year FOR INSERT TO kc_api WITH CHECK (public.in_territory(province_code));

CREATE POLICY added ON public.external_ref FOR INSERT TO kc_api WITH CHECK ((organisation_id = (public.claim('app.organisation_id'::text))::uuid));

CREATE POLICY added ON public.fair FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR ((project_id IS NOT NULL) AND ((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = fair.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))))));

CREATE POLICY added ON public.fair_booth FOR INSERT TO kc_api WITH CHECK ((EXISTS ( SELECT
   FROM public.fair f
  WHERE (f.id = fair_booth.fair_id))));

CREATE POLICY added ON public.file FOR INSERT TO kc_api WITH CHECK (((organisation_id = (public.claim('app.organisation_id'::text))::uuid) AND ((province_code IS NULL) OR public.in_territory(province_code))));

CREATE POLICY added ON public.file_chunk FOR INSERT TO kc_api WITH CHECK ((EXISTS ( SELECT
   FROM public.file_content c
  WHERE (c.id = file_chunk.content_id))));

CREATE POLICY added ON public.file_citation FOR INSERT TO kc_api WITH CHECK (public.record_seen(record_type, record_id));

CREATE POLICY added ON public.file_content FOR INSERT TO kc_api WITH CHECK (((organisation_id = (public.claim('app.organisation_id'::text))::uuid) AND (client_id = (public.claim('app.client_id'::text))::uuid)));

CREATE POLICY added ON public.idempotency_key FOR INSERT TO kc_api WITH CHECK ((client_id = (public.claim('app.client_id'::text))::uuid));

CREATE POLICY added ON public.import FOR INSERT TO kc_api WITH CHECK ((organisation_id = (public.claim('app.organisation_id'::text))::uuid));

CREATE POLICY added ON public.inspection FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR ((project_id IS NOT NULL) AND ((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = inspection.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))))));

CREATE POLICY added ON public.ledger_entry FOR INSERT TO kc_api WITH CHECK (((NOT (client_id IS DISTINCT FROM (public.claim('app.client_id'::text))::uuid)) AND
CASE
    WHEN (project_id IS NULL) THEN (public.in_territory(province_code) OR (public.claim('app.tier'::text) = 'central'::text))
    ELSE (EXISTS ( SELECT
       FROM public.project p
      WHERE (p.id = ledger_entry.project_id)))
END));

CREATE POLICY added ON public.norm FOR INSERT TO kc_api WITH CHECK ((public.claim('app.tier'::text) = 'central'::text));

CREATE POLICY added ON public.norm_territory FOR INSERT TO kc_api WITH CHECK ((public.claim('app.tier'::text) = 'central'::text));

CREATE POLICY added ON public.ocop_registration FOR INSERT TO kc_api WITH CHECK (public.in_territory(province_code));

CREATE POLICY added ON public.ocop_round FOR INSERT TO kc_api WITH CHECK (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE public.in_territory(province_code)
END);

CREATE POLICY added ON public.organisation FOR INSERT TO kc_api WITH CHECK (((public.claim('app.tier'::text) = 'central'::text) OR public.in_territory(province_code)));

CREATE POLICY added ON public.override FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR ((project_id IS NOT NULL) AND ((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = override.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))))));

CREATE POLICY added ON public.parameter FOR INSERT TO kc_api WITH CHECK ((public.claim('app.tier'::text) = 'central'::text));

CREATE POLICY added ON public.payment_request FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = payment_request.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY added ON public.plan_adjustment FOR INSERT TO kc_api WITH CHECK (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE public.in_territory(province_code)
END);

CREATE POLICY added ON public.plan_call FOR INSERT TO kc_api WITH CHECK (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE public.in_territory(province_code)
END);

CREATE POLICY added ON public.pollution_support FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR ((project_id IS NOT NULL) AND ((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = pollution_support.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))))));

CREATE POLICY added ON public.priority_rule FOR INSERT TO kc_api WITH CHECK ((public.claim('app.tier'::text) = 'central'::text));

CREATE POLICY added ON public.product FOR INSERT TO kc_api WITH CHECK (public.in_territory(province_code));

CREATE POLICY added ON public.programme FOR INSERT TO kc_api WITH CHECK (
CASE
    WHEN (level = 'national'::text) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE public.in_territory(province_code)
END);

CREATE POLICY added ON public.programme_version FOR INSERT TO kc_api WITH CHECK (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE (public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))
END);

CREATE POLICY added ON public.progress_report FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR ((project_id IS NOT NULL) AND ((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = progress_report.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))))));

CREATE POLICY added ON public.project FOR INSERT TO kc_api WITH CHECK (public.in_territory(province_code));

CREATE POLICY added ON public.project_funding FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = project_funding.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY added ON public.project_line FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = project_line.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY added ON public.project_output FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = project_output.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY added ON public.relocation_support FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR ((project_id IS NOT NULL) AND ((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = relocation_support.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))))));

CREATE POLICY added ON public.report_snapshot FOR INSERT TO kc_api WITH CHECK ((organisation_id = (public.claim('app.organisation_id'::text))::uuid));

CREATE POLICY added ON public.role_assignment FOR INSERT TO kc_api WITH CHECK ((organisation_id IN ( SELECT m.m
   FROM public.organisations_managed_by((public.claim('app.organisation_id'::text))::uuid, string_to_array(public.claim('app.provinces'::text), ','::text)) m(m))));

CREATE POLICY added ON public.seminar FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR ((project_id IS NOT NULL) AND ((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = seminar.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))))));

CREATE POLICY added ON public.settlement FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = settlement.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY added ON public.showroom FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR ((project_id IS NOT NULL) AND ((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = showroom.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))))));

CREATE POLICY added ON public.size_threshold FOR INSERT TO kc_api WITH CHECK ((public.claim('app.tier'::text) = 'central'::text));

CREATE POLICY added ON public.snapshot FOR INSERT TO kc_api WITH CHECK (public.record_seen(record_type, record_id));

CREATE POLICY added ON public.study_tour FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR ((project_id IS NOT NULL) AND ((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = study_tour.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))))));

CREATE POLICY added ON public.survey FOR INSERT TO kc_api WITH CHECK (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE public.in_territory(province_code)
END);

CREATE POLICY added ON public.target FOR INSERT TO kc_api WITH CHECK (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE (public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))
END);

CREATE POLICY added ON public.target_assessment FOR INSERT TO kc_api WITH CHECK (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE (public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))
END);

CREATE POLICY added ON public.training_class FOR INSERT TO kc_api WITH CHECK ((public.in_territory(province_code) OR ((project_id IS NOT NULL) AND ((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = training_class.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))))));

CREATE POLICY added ON public.transition FOR INSERT TO kc_api WITH CHECK (((public.claim('app.client_id'::text) IS NOT NULL) AND public.record_seen(record_type, record_id) AND (NOT (client_id IS DISTINCT FROM (public.claim('app.client_id'::text))::uuid)) AND (NOT (acting_organisation_id IS DISTINCT FROM (public.claim('app.organisation_id'::text))::uuid))));

CREATE POLICY added ON public."user" FOR INSERT TO kc_api WITH CHECK ((organisation_id IN ( SELECT m.m
   FROM public.organisations_managed_by((public.claim('app.organisation_id'::text))::uuid, string_to_array(public.claim('app.provinces'::text), ','::text)) m(m))));

CREATE POLICY added ON public.voting_council FOR INSERT TO kc_api WITH CHECK (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE public.in_territory(province_code)
END);

CREATE POLICY added ON public.voting_entry FOR INSERT TO kc_api WITH CHECK (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE public.in_territory(province_code)
END);

CREATE POLICY added ON public.voting_regulation FOR INSERT TO kc_api WITH CHECK (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE public.in_territory(province_code)
END);

CREATE POLICY added ON public.voting_round FOR INSERT TO kc_api WITH CHECK (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE public.in_territory(province_code)
END);

CREATE POLICY added ON public.voting_score_sheet FOR INSERT TO kc_api WITH CHECK (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE public.in_territory(province_code)
END);

ALTER TABLE public.admin_unit ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.admin_unit_map ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.admin_unit_name ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.admin_unit_succession ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.affected_area ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.allocation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.annual_plan ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.annual_plan_item ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.annual_plan_item_version ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.appraisal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.approving_authority ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.brand_support ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.certificate ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.certificate_log ENABLE ROW LEVEL SECURITY;

CREATE POLICY changed ON public.acceptance FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = acceptance.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.affected_area FOR UPDATE TO kc_api USING (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE (public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))
END);

CREATE POLICY changed ON public.annual_plan FOR UPDATE TO kc_api USING (
CASE
    WHEN (level = 'national'::text) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE (public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))
END);

CREATE POLICY changed ON public.annual_plan_item FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid)));

CREATE POLICY changed ON public.appraisal FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = appraisal.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.brand_support FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = brand_support.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.certificate FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid)));

CREATE POLICY changed ON public.cluster_support FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = cluster_support.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.contract FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = contract.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.demonstration_model FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = demonstration_model.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.difficulty FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = difficulty.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.display_point FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = display_point.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.display_point_product FOR UPDATE TO kc_api USING ((EXISTS ( SELECT
   FROM public.display_point d
  WHERE (d.id = display_point_product.display_point_id))));

CREATE POLICY changed ON public.display_point_sale FOR UPDATE TO kc_api USING ((EXISTS ( SELECT
   FROM public.display_point d
  WHERE (d.id = display_point_sale.display_point_id))));

CREATE POLICY changed ON public.effect_survey FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = effect_survey.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.eligible_area FOR UPDATE TO kc_api USING ((public.claim('app.tier'::text) = 'central'::text));

CREATE POLICY changed ON public.establishment FOR UPDATE TO kc_api USING (public.in_territory(province_code)) WITH CHECK (public.in_territory(province_code));

CREATE POLICY changed ON public.establishment_year FOR UPDATE TO kc_api USING (public.in_territory(province_code));

CREATE POLICY changed ON public.fair FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = fair.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.fair_booth FOR UPDATE TO kc_api USING ((EXISTS ( SELECT
   FROM public.fair f
  WHERE (f.id = fair_booth.fair_id))));

CREATE POLICY changed ON public.file FOR UPDATE TO kc_api USING (((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR public.in_territory(province_code)));

CREATE POLICY changed ON public.file_content FOR UPDATE TO kc_api USING (((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR public.in_territory(province_code)));

CREATE POLICY changed ON public.inspection FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = inspection.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.norm FOR UPDATE TO kc_api USING ((public.claim('app.tier'::text) = 'central'::text));

CREATE POLICY changed ON public.ocop_registration FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid)));

CREATE POLICY changed ON public.ocop_round FOR UPDATE TO kc_api USING (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE (public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))
END);

CREATE POLICY changed ON public.organisation FOR UPDATE TO kc_api USING (((public.claim('app.tier'::text) = 'central'::text) OR public.in_territory(province_code))) WITH CHECK (((public.claim('app.tier'::text) = 'central'::text) OR public.in_territory(province_code)));

CREATE POLICY changed ON public.override FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = override.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.parameter FOR UPDATE TO kc_api USING ((public.claim('app.tier'::text) = 'central'::text));

CREATE POLICY changed ON public.payment_request FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = payment_request.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.plan_adjustment FOR UPDATE TO kc_api USING (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE (public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))
END);

CREATE POLICY changed ON public.plan_call FOR UPDATE TO kc_api USING (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE (public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))
END);

CREATE POLICY changed ON public.pollution_support FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = pollution_support.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.priority_rule FOR UPDATE TO kc_api USING ((public.claim('app.tier'::text) = 'central'::text));

CREATE POLICY changed ON public.product FOR UPDATE TO kc_api USING (public.in_territory(province_code)) WITH CHECK (public.in_territory(province_code));

CREATE POLICY changed ON public.programme FOR UPDATE TO kc_api USING (
CASE
    WHEN (level = 'national'::text) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE (public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))
END);

CREATE POLICY changed ON public.programme_version FOR UPDATE TO kc_api USING (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE (public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))
END);

CREATE POLICY changed ON public.progress_report FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = progress_report.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.project FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (implementer_id = (public.claim('app.organisation_id'::text))::uuid)));

CREATE POLICY changed ON public.project_funding FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = project_funding.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.project_line FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = project_line.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.project_output FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = project_output.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.relocation_support FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = relocation_support.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.report_snapshot FOR UPDATE TO kc_api USING ((organisation_id = (public.claim('app.organisation_id'::text))::uuid));

CREATE POLICY changed ON public.role_assignment FOR UPDATE TO kc_api USING ((organisation_id IN ( SELECT m.m
   FROM public.organisations_managed_by((public.claim('app.organisation_id'::text))::uuid, string_to_array(public.claim('app.provinces'::text), ','::text)) m(m)))) WITH CHECK ((organisation_id IN ( SELECT m.m
   FROM public.organisations_managed_by((public.claim('app.organisation_id'::text))::uuid, string_to_array(public.claim('app.provinces'::text), ','::text)) m(m))));

CREATE POLICY changed ON public.seminar FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = seminar.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.settlement FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = settlement.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.showroom FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = showroom.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.size_threshold FOR UPDATE TO kc_api USING ((public.claim('app.tier'::text) = 'central'::text));

CREATE POLICY changed ON public.study_tour FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = study_tour.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public.survey FOR UPDATE TO kc_api USING (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE (public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))
END);

CREATE POLICY changed ON public.target FOR UPDATE TO kc_api USING (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE (public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))
END);

CREATE POLICY changed ON public.target_assessment FOR UPDATE TO kc_api USING (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE (public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))
END);

CREATE POLICY changed ON public.training_class FOR UPDATE TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = training_class.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY changed ON public."user" FOR UPDATE TO kc_api USING ((organisation_id IN ( SELECT m.m
   FROM public.organisations_managed_by((public.claim('app.organisation_id'::text))::uuid, string_to_array(public.claim('app.provinces'::text), ','::text)) m(m)))) WITH CHECK ((organisation_id IN ( SELECT m.m
   FROM public.organisations_managed_by((public.claim('app.organisation_id'::text))::uuid, string_to_array(public.claim('app.provinces'::text), ','::text)) m(m))));

CREATE POLICY changed ON public.voting_council FOR UPDATE TO kc_api USING (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE (public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))
END);

CREATE POLICY changed ON public.voting_entry FOR UPDATE TO kc_api USING (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE (public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))
END);

CREATE POLICY changed ON public.voting_regulation FOR UPDATE TO kc_api USING (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE (public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))
END);

CREATE POLICY changed ON public.voting_round FOR UPDATE TO kc_api USING (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE (public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))
END);

CREATE POLICY changed ON public.voting_score_sheet FOR UPDATE TO kc_api USING (
CASE
    WHEN (province_code IS NULL) THEN (public.claim('app.tier'::text) = 'central'::text)
    ELSE (public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))
END);

ALTER TABLE public.check_rule ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.client ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.client_secret ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cluster_support ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contract ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.demonstration_model ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.difficulty ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.display_point ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.display_point_product ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.display_point_sale ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.document_requirement ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.effect_survey ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.eligible_area ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.establishment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.establishment_year ENABLE ROW LEVEL SECURITY;

CREATE POLICY expired ON public.idempotency_key FOR DELETE TO kc_api USING ((created_at < (now() - '72:00:00'::interval)));

ALTER TABLE public.external_ref ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fair ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.fair_booth ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file_chunk ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file_citation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file_content ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file_type ENABLE ROW LEVEL SECURITY;

CREATE POLICY given_up ON public.file_content FOR DELETE TO kc_api USING (((NOT is_whole) AND ((client_id = (public.claim('app.client_id'::text))::uuid) OR public.is_abandoned(is_whole, began_at))));

ALTER TABLE public.history ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.idempotency_key ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.import ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.inspection ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ledger_entry ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.merkle_node ENABLE ROW LEVEL SECURITY;

CREATE POLICY no_caller ON public.client TO kc_api USING (((public.claim('app.client_id'::text) IS NULL) AND (public.claim('app.operation'::text) IS NULL)));

CREATE POLICY no_caller ON public.client_secret TO kc_api USING (((public.claim('app.client_id'::text) IS NULL) AND (public.claim('app.operation'::text) IS NULL)));

CREATE POLICY no_caller ON public.signing_key TO kc_api USING (((public.claim('app.client_id'::text) IS NULL) AND (public.claim('app.operation'::text) IS NULL)));

ALTER TABLE public.norm ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.norm_territory ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ocop_product_set ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ocop_registration ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ocop_round ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.open_member ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.organisation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.override ENABLE ROW LEVEL SECURITY;

CREATE POLICY own ON public.idempotency_key FOR SELECT TO kc_api USING (((client_id = (public.claim('app.client_id'::text))::uuid) OR (created_at < (now() - '72:00:00'::interval))));

ALTER TABLE public.parameter ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment_request ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.plan_adjustment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.plan_call ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.plan_requirement ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.plan_table_column ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.pollution_support ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.priority_rule ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.product ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.programme ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.programme_version ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.progress_report ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.project ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.project_funding ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.project_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.project_output ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.record_status ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.region ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.region_member ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.relocation_support ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.report_snapshot ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.revocation_ground ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.role_assignment ENABLE ROW LEVEL SECURITY;

CREATE POLICY seen ON public.acceptance FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = acceptance.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.activity FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.admin_unit FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.admin_unit_map FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.admin_unit_name FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.admin_unit_succession FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.affected_area FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.allocation FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (public.claim('app.tier'::text) = 'central'::text) OR (from_organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (allocated_by_id = (public.claim('app.organisation_id'::text))::uuid)));

CREATE POLICY seen ON public.annual_plan FOR SELECT TO kc_api USING ((((level = 'national'::text) AND (public.claim('app.client_id'::text) IS NOT NULL)) OR public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid)));

CREATE POLICY seen ON public.annual_plan_item FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE (p.id = annual_plan_item.project_id)))));

CREATE POLICY seen ON public.annual_plan_item_version FOR SELECT TO kc_api USING ((EXISTS ( SELECT
   FROM public.annual_plan_item i
  WHERE (i.id = annual_plan_item_version.item_id))));

CREATE POLICY seen ON public.appraisal FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = appraisal.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.approving_authority FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.brand_support FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = brand_support.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.certificate FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid)));

CREATE POLICY seen ON public.certificate_log FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.check_rule FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.cluster_support FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = cluster_support.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.contract FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = contract.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.demonstration_model FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = demonstration_model.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.difficulty FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = difficulty.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.display_point FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = display_point.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.display_point_product FOR SELECT TO kc_api USING ((EXISTS ( SELECT
   FROM public.display_point d
  WHERE (d.id = display_point_product.display_point_id))));

CREATE POLICY seen ON public.display_point_sale FOR SELECT TO kc_api USING ((EXISTS ( SELECT
   FROM public.display_point d
  WHERE (d.id = display_point_sale.display_point_id))));

CREATE POLICY seen ON public.document_requirement FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.effect_survey FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = effect_survey.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.eligible_area FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.establishment FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.establishment_year FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.external_ref FOR SELECT TO kc_api USING (((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR public.in_territory(province_code)));

CREATE POLICY seen ON public.fair FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = fair.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.fair_booth FOR SELECT TO kc_api USING ((EXISTS ( SELECT
   FROM public.fair f
  WHERE (f.id = fair_booth.fair_id))));

CREATE POLICY seen ON public.file FOR SELECT TO kc_api USING (((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR public.in_territory(province_code) OR (EXISTS ( SELECT
   FROM public.file_citation c
  WHERE (c.file_id = file.id)))));

CREATE POLICY seen ON public.file_chunk FOR SELECT TO kc_api USING ((EXISTS ( SELECT
   FROM public.file_content c
  WHERE (c.id = file_chunk.content_id))));

CREATE POLICY seen ON public.file_citation FOR SELECT TO kc_api USING (public.record_seen(record_type, record_id));

CREATE POLICY seen ON public.file_content FOR SELECT TO kc_api USING (((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR public.in_territory(province_code) OR (EXISTS ( SELECT
   FROM public.file f
  WHERE (f.id = file_content.id))) OR public.is_abandoned(is_whole, began_at)));

CREATE POLICY seen ON public.file_type FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.import FOR SELECT TO kc_api USING (((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR public.in_territory(province_code)));

CREATE POLICY seen ON public.inspection FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = inspection.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.ledger_entry FOR SELECT TO kc_api USING (
CASE
    WHEN (project_id IS NULL) THEN (public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (public.claim('app.tier'::text) = 'central'::text) OR (from_holder_id = (public.claim('app.organisation_id'::text))::uuid))
    ELSE (EXISTS ( SELECT
       FROM public.project p
      WHERE (p.id = ledger_entry.project_id)))
END);

CREATE POLICY seen ON public.merkle_node FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.norm FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.norm_territory FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.ocop_product_set FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.ocop_registration FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid)));

CREATE POLICY seen ON public.ocop_round FOR SELECT TO kc_api USING (((province_code IS NULL) OR public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid)));

CREATE POLICY seen ON public.open_member FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.organisation FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.override FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = override.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.parameter FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.payment_request FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = payment_request.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.plan_adjustment FOR SELECT TO kc_api USING ((((province_code IS NULL) AND (public.claim('app.client_id'::text) IS NOT NULL)) OR public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid)));

CREATE POLICY seen ON public.plan_call FOR SELECT TO kc_api USING ((((province_code IS NULL) AND (public.claim('app.client_id'::text) IS NOT NULL)) OR public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid)));

CREATE POLICY seen ON public.plan_requirement FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.plan_table_column FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.pollution_support FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = pollution_support.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.priority_rule FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.product FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.programme FOR SELECT TO kc_api USING ((((level = 'national'::text) AND (public.claim('app.client_id'::text) IS NOT NULL)) OR public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid)));

CREATE POLICY seen ON public.programme_version FOR SELECT TO kc_api USING ((((province_code IS NULL) AND (public.claim('app.client_id'::text) IS NOT NULL)) OR public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid)));

CREATE POLICY seen ON public.progress_report FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = progress_report.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.project FOR SELECT TO kc_api USING (COALESCE(((province_code = ANY (( SELECT string_to_array(public.claim('app.provinces'::text), ','::text) AS string_to_array)::text[])) OR (organisation_id = ( SELECT (public.claim('app.organisation_id'::text))::uuid AS claim)) OR (implementer_id = ( SELECT (public.claim('app.organisation_id'::text))::uuid AS claim))), false));

CREATE POLICY seen ON public.project_funding FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = project_funding.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.project_line FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = project_line.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.project_output FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = project_output.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.record_status FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.region FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.region_member FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.relocation_support FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = relocation_support.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.report_snapshot FOR SELECT TO kc_api USING (((organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (sent_to_id = (public.claim('app.organisation_id'::text))::uuid)));

CREATE POLICY seen ON public.revocation_ground FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.role_assignment FOR SELECT TO kc_api USING (((public.claim('app.operation'::text) IS NULL) OR (organisation_id IN ( SELECT m.m
   FROM public.organisations_managed_by((public.claim('app.organisation_id'::text))::uuid, string_to_array(public.claim('app.provinces'::text), ','::text)) m(m))) OR (EXISTS ( SELECT
   FROM public."user" u
  WHERE (u.id = role_assignment.user_id)))));

CREATE POLICY seen ON public.seminar FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = seminar.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.settlement FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = settlement.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.showroom FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = showroom.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.size_threshold FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.snapshot FOR SELECT TO kc_api USING (public.record_seen(record_type, record_id));

CREATE POLICY seen ON public.study_tour FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = study_tour.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.submit_requirement FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.survey FOR SELECT TO kc_api USING ((((province_code IS NULL) AND (public.claim('app.client_id'::text) IS NOT NULL)) OR public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid)));

CREATE POLICY seen ON public.target FOR SELECT TO kc_api USING ((((province_code IS NULL) AND (public.claim('app.client_id'::text) IS NOT NULL)) OR public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid)));

CREATE POLICY seen ON public.target_assessment FOR SELECT TO kc_api USING ((((province_code IS NULL) AND (public.claim('app.client_id'::text) IS NOT NULL)) OR public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid)));

CREATE POLICY seen ON public.training_class FOR SELECT TO kc_api USING ((public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid) OR (EXISTS ( SELECT
   FROM public.project p
  WHERE ((p.id = training_class.project_id) AND (p.implementer_id = (public.claim('app.organisation_id'::text))::uuid))))));

CREATE POLICY seen ON public.transition FOR SELECT TO kc_api USING ((public.record_seen(record_type, record_id) AND ((public.claim('app.client_id'::text) IS NOT NULL) OR ((record_type = 'programme'::text) AND (to_status = ANY (ARRAY['approved'::text, 'active'::text, 'closed'::text]))))));

CREATE POLICY seen ON public.transition_rule FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public."user" FOR SELECT TO kc_api USING (((public.claim('app.operation'::text) IS NULL) OR (organisation_id IN ( SELECT m.m
   FROM public.organisations_managed_by((public.claim('app.organisation_id'::text))::uuid, string_to_array(public.claim('app.provinces'::text), ','::text)) m(m)))));

CREATE POLICY seen ON public.voting_council FOR SELECT TO kc_api USING (((public.claim('app.client_id'::text) IS NOT NULL) AND ((province_code IS NULL) OR public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))));

CREATE POLICY seen ON public.voting_entry FOR SELECT TO kc_api USING (((public.claim('app.client_id'::text) IS NOT NULL) AND ((province_code IS NULL) OR public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))));

CREATE POLICY seen ON public.voting_product_group FOR SELECT TO kc_api USING (true);

CREATE POLICY seen ON public.voting_regulation FOR SELECT TO kc_api USING (((public.claim('app.client_id'::text) IS NOT NULL) AND ((province_code IS NULL) OR public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))));

CREATE POLICY seen ON public.voting_round FOR SELECT TO kc_api USING (((public.claim('app.client_id'::text) IS NOT NULL) AND ((province_code IS NULL) OR public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))));

CREATE POLICY seen ON public.voting_score_sheet FOR SELECT TO kc_api USING (((public.claim('app.client_id'::text) IS NOT NULL) AND ((province_code IS NULL) OR public.in_territory(province_code) OR (organisation_id = (public.claim('app.organisation_id'::text))::uuid))));

CREATE POLICY seen_by_the_public ON public.certificate FOR SELECT TO kc_api USING (((public.claim('app.client_id'::text) IS NULL) AND (deleted_at IS NULL)));

CREATE POLICY seen_by_the_public ON public.display_point FOR SELECT TO kc_api USING (((public.claim('app.client_id'::text) IS NULL) AND (status = 'open'::text) AND (deleted_at IS NULL)));

CREATE POLICY seen_by_the_public ON public.ocop_registration FOR SELECT TO kc_api USING (((public.claim('app.client_id'::text) IS NULL) AND (status = 'recognised'::text) AND (deleted_at IS NULL)));

CREATE POLICY seen_by_the_public ON public.programme FOR SELECT TO kc_api USING (((public.claim('app.client_id'::text) IS NULL) AND (status = ANY (ARRAY['approved'::text, 'active'::text, 'closed'::text])) AND (deleted_at IS NULL)));

CREATE POLICY seen_by_the_public ON public.target FOR SELECT TO kc_api USING (((public.claim('app.client_id'::text) IS NULL) AND (deleted_at IS NULL) AND (EXISTS ( SELECT
   FROM public.programme g
  WHERE (g.id = target.programme_id)))));

CREATE POLICY seen_by_the_public ON public.voting_entry FOR SELECT TO kc_api USING (((public.claim('app.client_id'::text) IS NULL) AND (status = 'certified'::text) AND (deleted_at IS NULL)));

CREATE POLICY seen_by_the_public ON public.voting_round FOR SELECT TO kc_api USING (((public.claim('app.client_id'::text) IS NULL) AND (deleted_at IS NULL)));

ALTER TABLE public.seminar ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.settlement ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.showroom ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.signing_key ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.size_threshold ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.snapshot ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.study_tour ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.submit_requirement ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.survey ENABLE ROW LEVEL SECURITY;

CREATE POLICY taken_out ON public.norm_territory FOR DELETE TO kc_api USING ((public.claim('app.tier'::text) = 'central'::text));

ALTER TABLE public.target ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.target_assessment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.training_class ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.transition ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.transition_rule ENABLE ROW LEVEL SECURITY;

ALTER TABLE public."user" ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.voting_council ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.voting_entry ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.voting_product_group ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.voting_regulation ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.voting_round ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.voting_score_sheet ENABLE ROW LEVEL SECURITY;

GRANT ALL ON SCHEMA public TO kc_owner;

GRANT SELECT,INSERT,UPDATE ON TABLE public.norm TO kc_api;

GRANT USAGE ON SEQUENCE public.project_code TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.project TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.acceptance TO kc_api;

GRANT SELECT ON TABLE public.transition_rule TO kc_api;

GRANT SELECT,INSERT ON TABLE public.client TO kc_api;

GRANT UPDATE(version) ON TABLE public.client TO kc_api;

GRANT UPDATE(status) ON TABLE public.client TO kc_api;

GRANT UPDATE(epoch) ON TABLE public.client TO kc_api;

GRANT UPDATE(scopes) ON TABLE public.client TO kc_api;

GRANT SELECT ON TABLE public.activity TO kc_api;

GRANT USAGE ON SEQUENCE public.annual_plan_code TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.annual_plan TO kc_api;

GRANT USAGE ON SEQUENCE public.plan_adjustment_code TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.plan_adjustment TO kc_api;

GRANT SELECT ON TABLE public.admin_unit TO kc_api;

GRANT SELECT ON TABLE public.admin_unit_succession TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.affected_area TO kc_api;

GRANT SELECT,INSERT ON TABLE public.ledger_entry TO kc_api;

GRANT SELECT,INSERT ON TABLE public.allocation TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.annual_plan_item TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.appraisal TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.eligible_area TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.project_line TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.certificate TO kc_api;

GRANT SELECT ON TABLE public.check_rule TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.target_assessment TO kc_api;

GRANT USAGE ON SEQUENCE public.ocop_registration_code TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.ocop_registration TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.ocop_round TO kc_api;

GRANT USAGE ON SEQUENCE public.plan_call_code TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.plan_call TO kc_api;

GRANT USAGE ON SEQUENCE public.programme_code TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.programme TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.programme_version TO kc_api;

GRANT USAGE ON SEQUENCE public.survey_code TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.survey TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.target TO kc_api;

GRANT USAGE ON SEQUENCE public.contract_code TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.contract TO kc_api;

GRANT SELECT,INSERT ON TABLE public.transition TO kc_api;

GRANT SELECT ON TABLE public.document_requirement TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.establishment TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.establishment_year TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.file TO kc_api;

GRANT SELECT,INSERT ON TABLE public.import TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.progress_report TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.settlement TO kc_api;

GRANT SELECT ON TABLE public.approving_authority TO kc_api;

GRANT USAGE ON SEQUENCE public.report_snapshot_code TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.report_snapshot TO kc_api;

GRANT SELECT ON TABLE public.ocop_product_set TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.organisation TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.override TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.parameter TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.payment_request TO kc_api;

GRANT SELECT,INSERT ON TABLE public.annual_plan_item_version TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.priority_rule TO kc_api;

GRANT USAGE ON SEQUENCE public.product_code TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.product TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.project_funding TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.project_output TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.display_point TO kc_api;

GRANT USAGE ON SEQUENCE public.voting_entry_code TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.voting_entry TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.voting_round TO kc_api;

GRANT SELECT ON TABLE public.region TO kc_api;

GRANT SELECT ON TABLE public.region_member TO kc_api;

GRANT SELECT ON TABLE public.revocation_ground TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.role_assignment TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.size_threshold TO kc_api;

GRANT SELECT,INSERT ON TABLE public.snapshot TO kc_api;

GRANT SELECT ON TABLE public.plan_requirement TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public."user" TO kc_api;

GRANT SELECT ON TABLE public.admin_unit_map TO kc_api;

GRANT SELECT ON TABLE public.admin_unit_name TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.brand_support TO kc_api;

GRANT SELECT ON TABLE public.certificate_log TO kc_api;

GRANT SELECT,INSERT,DELETE ON TABLE public.client_secret TO kc_api;

GRANT UPDATE(hash) ON TABLE public.client_secret TO kc_api;

GRANT UPDATE(created_at) ON TABLE public.client_secret TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.cluster_support TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.demonstration_model TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.difficulty TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.display_point_product TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.display_point_sale TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.effect_survey TO kc_api;

GRANT USAGE ON SEQUENCE public.establishment_code TO kc_api;

GRANT SELECT,INSERT ON TABLE public.external_ref TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.fair TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.fair_booth TO kc_api;

GRANT SELECT,INSERT ON TABLE public.file_chunk TO kc_api;

GRANT SELECT,INSERT ON TABLE public.file_citation TO kc_api;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.file_content TO kc_api;

GRANT SELECT ON TABLE public.file_type TO kc_api;

GRANT SELECT,INSERT,DELETE ON TABLE public.idempotency_key TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.inspection TO kc_api;

GRANT SELECT ON TABLE public.merkle_node TO kc_api;

GRANT SELECT ON TABLE public.migration TO kc_api;

GRANT SELECT,INSERT,DELETE ON TABLE public.norm_territory TO kc_api;

GRANT SELECT ON TABLE public.open_member TO kc_api;

GRANT USAGE ON SEQUENCE public.organisation_code TO kc_api;

GRANT SELECT ON TABLE public.plan_table_column TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.pollution_support TO kc_api;

GRANT SELECT ON TABLE public.record_status TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.relocation_support TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.seminar TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.showroom TO kc_api;

GRANT SELECT,INSERT ON TABLE public.signing_key TO kc_api;

GRANT UPDATE(retired_at) ON TABLE public.signing_key TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.study_tour TO kc_api;

GRANT SELECT ON TABLE public.submit_requirement TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.training_class TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.voting_council TO kc_api;

GRANT SELECT ON TABLE public.voting_product_group TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.voting_regulation TO kc_api;

GRANT SELECT,INSERT,UPDATE ON TABLE public.voting_score_sheet TO kc_api;

