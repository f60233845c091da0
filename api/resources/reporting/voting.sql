-- R7, R8 and what runs out, in the one shape; the figures are made in db/functions/reports_voting.sql.

-- name: getOcopListReport :one slow
select report_ocop_list(report_question(jsonb_build_object(
         'from', :from::date, 'to', :to::date, 'geo_basis', :geo_basis::text, 'province_code', :province_code::text[], 'region_code', :region_code::text[]),
         :provinces::text[], :organisation_id::uuid)) as body;

-- name: getExpiringCertificatesReport :one slow
select report_expiring_certificates(report_question(jsonb_build_object(
         'from', today(), 'to', today() + :expires_within::integer, 'geo_basis', :geo_basis::text, 'province_code', :province_code::text[],
         'region_code', :region_code::text[]), :provinces::text[], :organisation_id::uuid)) as body;

-- name: getVotingListReport :one slow
select report_voting_list(report_question(jsonb_build_object(
         'from', :from::date, 'to', :to::date, 'geo_basis', :geo_basis::text, 'province_code', :province_code::text[], 'region_code', :region_code::text[],
         'year', :year::integer, 'voting_tier', :voting_tier::text), :provinces::text[], :organisation_id::uuid)) as body;
