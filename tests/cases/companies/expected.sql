WITH "user_3" AS (
  SELECT
    "user_id",
    "company",
    "city_id"
  FROM "user"
), "city" AS (
  SELECT
    "city_id",
    "sponsor"
  FROM "user.city"
), "company_3" AS (
  SELECT
    "id",
    "industry",
    "founded",
    "owner_id",
    "parent_id"
  FROM "company"
  WHERE
    "founded" IS NULL OR "founded" < CAST('2026-02-01' AS DATE)
), "company" AS (
  SELECT
    "id",
    "founded"
  FROM "company"
  WHERE
    "founded" IS NULL OR "founded" < CAST('2026-02-01' AS DATE)
), "members_2" AS (
  SELECT
    "company_id",
    "user_id"
  FROM "members"
), "members" AS (
  SELECT
    "company_id"
  FROM "members"
), "members_by_company_id" AS (
  SELECT
    "company_id",
    COUNT(*) AS "size"
  FROM "members"
  GROUP BY
    "company_id"
), "company_1" AS (
  SELECT
    "company".*,
    COALESCE("members_by_company_id"."size", 0) AS "size"
  FROM "company"
  LEFT JOIN "members_by_company_id"
    ON "company"."id" = "members_by_company_id"."company_id"
), "company_2" AS (
  SELECT
    "company_1".*,
    CASE WHEN "size" = 0 THEN 'empty' WHEN "size" = 1 THEN 'tiny' ELSE 'real' END AS "level"
  FROM "company_1"
), "user" AS (
  SELECT
    "user_id",
    "age"
  FROM "user"
), "visits_2" AS (
  SELECT
    "user_id",
    "day",
    "host_id"
  FROM "visits"
  WHERE
    "day" < CAST('2026-02-01' AS DATE)
), "visits" AS (
  SELECT
    "user_id",
    "day"
  FROM "visits"
  WHERE
    "day" < CAST('2026-02-01' AS DATE)
), "visits_by_user_id" AS (
  SELECT
    "user_id",
    COUNT(*) AS "visits_made"
  FROM "visits"
  GROUP BY
    "user_id"
), "user_1" AS (
  SELECT
    "user".*,
    COALESCE("visits_by_user_id"."visits_made", 0) AS "visits_made"
  FROM "user"
  LEFT JOIN "visits_by_user_id"
    ON "user"."user_id" = "visits_by_user_id"."user_id"
), "user_2" AS (
  SELECT
    "user_1".*,
    CASE WHEN "visits_made" >= 2 THEN TRUE ELSE FALSE END AS "vip"
  FROM "user_1"
), "company_with_lookups" AS (
  SELECT
    "company_3".*,
    "company_2"."level" AS "parent.level",
    "company_2"."size" AS "parent.size",
    "user_2"."age" AS "owner.age"
  FROM "company_3"
  LEFT JOIN "company_2"
    ON "company_3"."parent_id" = "company_2"."id"
  LEFT JOIN "user_2"
    ON "company_3"."owner_id" = "user_2"."user_id"
), "members_with_lookups" AS (
  SELECT
    "members_2".*,
    "user_2"."visits_made" AS "user.visits_made",
    COALESCE("user_2"."vip", FALSE) AS "user.vip"
  FROM "members_2"
  LEFT JOIN "user_2"
    ON "members_2"."user_id" = "user_2"."user_id"
), "members_with_lookups_by_company_id" AS (
  SELECT
    "company_id",
    COUNT(*) AS "size",
    CAST(SUM("user.visits_made") AS BIGINT) AS "visits_of_all",
    BOOL_OR("user.vip") AS "has_vip"
  FROM "members_with_lookups"
  GROUP BY
    "company_id"
), "company_with_lookups_1" AS (
  SELECT
    "company_with_lookups".*,
    COALESCE("members_with_lookups_by_company_id"."size", 0) AS "size",
    COALESCE("members_with_lookups_by_company_id"."visits_of_all", 0) AS "visits_of_all",
    COALESCE("members_with_lookups_by_company_id"."has_vip", FALSE) AS "has_vip"
  FROM "company_with_lookups"
  LEFT JOIN "members_with_lookups_by_company_id"
    ON "company_with_lookups"."id" = "members_with_lookups_by_company_id"."company_id"
), "company_with_lookups_2" AS (
  SELECT
    "company_with_lookups_1".*,
    CASE WHEN "size" >= 2 THEN TRUE ELSE FALSE END AS "big",
    CASE WHEN "size" = 0 THEN 'empty' WHEN "size" = 1 THEN 'tiny' ELSE 'real' END AS "level"
  FROM "company_with_lookups_1"
), "company_with_lookups_3" AS (
  SELECT
    "company_with_lookups_2".*,
    CASE WHEN "level" = 'tiny' THEN TRUE ELSE FALSE END AS "level.tiny"
  FROM "company_with_lookups_2"
), "user_with_lookups" AS (
  SELECT
    "user_3".*,
    "city"."sponsor" AS "city.sponsor",
    COALESCE("company_with_lookups_3"."big", FALSE) AS "company.big",
    "company_with_lookups_3"."industry" AS "company.industry",
    "company_with_lookups_3"."level" AS "company.level",
    COALESCE("company_with_lookups_3"."level.tiny", FALSE) AS "company.level.tiny",
    "company_with_lookups_3"."id" AS "company.id",
    "company_with_lookups_3"."parent.level" AS "company.parent.level",
    "company_with_lookups_3"."size" AS "company.size",
    "company_with_lookups_3"."owner.age" AS "company.owner.age",
    "company_with_lookups_3"."parent.size" AS "company.parent.size",
    "company_with_lookups_3"."visits_of_all" AS "company.visits_of_all",
    COALESCE("company_with_lookups_3"."has_vip", FALSE) AS "company.has_vip",
    COALESCE("company_with_lookups_3_2"."big", FALSE) AS "city.sponsor.big",
    "company_with_lookups_3_2"."industry" AS "city.sponsor.industry"
  FROM "user_3"
  LEFT JOIN "city"
    ON "user_3"."city_id" = "city"."city_id"
  LEFT JOIN "company_with_lookups_3"
    ON "user_3"."company" = "company_with_lookups_3"."id"
  LEFT JOIN "company_with_lookups_3" AS "company_with_lookups_3_2"
    ON "city"."sponsor" = "company_with_lookups_3_2"."id"
), "user_with_lookups_tests" AS (
  SELECT
    "user_with_lookups".*,
    CASE WHEN "company.industry" = 'tech' THEN TRUE ELSE FALSE END AS "company.industry == tech"
  FROM "user_with_lookups"
), "visits_with_lookups" AS (
  SELECT
    "visits_2".*,
    "company_with_lookups_3"."industry" AS "host.industry",
    "company_with_lookups_3"."size" AS "host.size",
    COALESCE("company_with_lookups_3"."big", FALSE) AS "host.big"
  FROM "visits_2"
  LEFT JOIN "company_with_lookups_3"
    ON "visits_2"."host_id" = "company_with_lookups_3"."id"
), "visits_with_user_id" AS (
  SELECT
    "visits_with_lookups".*,
    "user_with_lookups"."company.id"
  FROM "visits_with_lookups"
  INNER JOIN "user_with_lookups"
    ON "visits_with_lookups"."user_id" = "user_with_lookups"."user_id"
), "visits_with_user_id_by_user_id" AS (
  SELECT
    "user_id",
    COUNT(*) AS "visits_made",
    BOOL_AND(COALESCE("host.industry" = 'tech', FALSE)) AS "only_tech_hosts",
    BOOL_OR("host_id" = "company.id") AS "hosted_at_home",
    MAX("host.size") AS "biggest_host",
    COUNT(CASE WHEN "host.big" THEN 1 END) AS "hosts_of_vips"
  FROM "visits_with_user_id"
  GROUP BY
    "user_id"
), "user_with_lookups_1" AS (
  SELECT
    "user_with_lookups_tests".*,
    COALESCE("visits_with_user_id_by_user_id"."visits_made", 0) AS "visits_made",
    COALESCE("visits_with_user_id_by_user_id"."only_tech_hosts", FALSE) AS "only_tech_hosts",
    COALESCE("visits_with_user_id_by_user_id"."hosted_at_home", FALSE) AS "hosted_at_home",
    "visits_with_user_id_by_user_id"."biggest_host",
    COALESCE("visits_with_user_id_by_user_id"."hosts_of_vips", 0) AS "hosts_of_vips",
    "user_with_lookups_tests"."company.big" AS "in_big",
    NOT "user_with_lookups_tests"."company.big" AS "not_in_big",
    "user_with_lookups_tests"."company.industry == tech" AS "in_tech",
    NOT "user_with_lookups_tests"."company.industry == tech" AS "not_in_tech",
    CASE
      WHEN "user_with_lookups_tests"."company.level" = 'tiny'
      THEN TRUE
      ELSE FALSE
    END AS "in_tiny",
    "user_with_lookups_tests"."company.level.tiny" AS "in_tiny_stage",
    CASE WHEN "user_with_lookups_tests"."company.id" IS NULL THEN TRUE ELSE FALSE END AS "no_company",
    CASE
      WHEN "user_with_lookups_tests"."company.parent.level" = "user_with_lookups_tests"."company.level"
      THEN TRUE
      ELSE FALSE
    END AS "in_parent_level",
    "user_with_lookups_tests"."city.sponsor.big" AS "sponsored_by_big",
    "user_with_lookups_tests"."company.industry" AS "industry",
    "user_with_lookups_tests"."company.size" AS "company_size",
    "user_with_lookups_tests"."company.level" AS "company_level",
    "user_with_lookups_tests"."company.owner.age" AS "owner_age",
    "user_with_lookups_tests"."company.parent.size" AS "parent_size",
    "user_with_lookups_tests"."city.sponsor.industry" AS "sponsor",
    "user_with_lookups_tests"."company.visits_of_all" AS "colleagues_visits"
  FROM "user_with_lookups_tests"
  LEFT JOIN "visits_with_user_id_by_user_id"
    ON "user_with_lookups_tests"."user_id" = "visits_with_user_id_by_user_id"."user_id"
), "user_with_lookups_2" AS (
  SELECT
    "user_with_lookups_1".*,
    CASE WHEN "visits_made" >= 2 THEN TRUE ELSE FALSE END AS "vip",
    CASE WHEN "visits_made" >= 1 THEN TRUE ELSE FALSE END AS "active"
  FROM "user_with_lookups_1"
), "user_with_lookups_3" AS (
  SELECT
    "user_with_lookups_2".*,
    "vip" AND "company.has_vip" AS "vip_by_company"
  FROM "user_with_lookups_2"
)
SELECT
  "user_id",
  "vip",
  "active",
  "in_big",
  "not_in_big",
  "in_tech",
  "not_in_tech",
  "in_tiny",
  "in_tiny_stage",
  "no_company",
  "only_tech_hosts",
  "hosted_at_home",
  "vip_by_company",
  "in_parent_level",
  "sponsored_by_big",
  "visits_made",
  "industry",
  "company_size",
  "company_level",
  "owner_age",
  "parent_size",
  "sponsor",
  "biggest_host",
  "hosts_of_vips",
  "colleagues_visits"
FROM "user_with_lookups_3"

WITH "company" AS (
  SELECT
    "id",
    "founded",
    "owner_id"
  FROM "company"
  WHERE
    "founded" IS NULL OR "founded" < CAST('2026-02-01' AS DATE)
), "user" AS (
  SELECT
    "user_id",
    "age"
  FROM "user"
), "visits" AS (
  SELECT
    "user_id",
    "day"
  FROM "visits"
  WHERE
    "day" < CAST('2026-02-01' AS DATE)
), "visits_by_user_id" AS (
  SELECT
    "user_id",
    COUNT(*) AS "visits_made"
  FROM "visits"
  GROUP BY
    "user_id"
), "user_1" AS (
  SELECT
    "user".*,
    COALESCE("visits_by_user_id"."visits_made", 0) AS "visits_made"
  FROM "user"
  LEFT JOIN "visits_by_user_id"
    ON "user"."user_id" = "visits_by_user_id"."user_id"
), "user_2" AS (
  SELECT
    "user_1".*,
    CASE WHEN "visits_made" >= 2 THEN TRUE ELSE FALSE END AS "vip",
    CASE WHEN "visits_made" >= 1 THEN TRUE ELSE FALSE END AS "active"
  FROM "user_1"
), "company_with_lookups" AS (
  SELECT
    "company".*,
    COALESCE("user_2"."vip", FALSE) AS "owner.vip",
    "user_2"."visits_made" AS "owner.visits_made"
  FROM "company"
  LEFT JOIN "user_2"
    ON "company"."owner_id" = "user_2"."user_id"
), "members" AS (
  SELECT
    "company_id",
    "user_id",
    "role"
  FROM "members"
), "members_with_lookups" AS (
  SELECT
    "members".*,
    COALESCE("user_2"."vip", FALSE) AS "user.vip",
    COALESCE("user_2"."active", FALSE) AS "user.active",
    "user_2"."visits_made" AS "user.visits_made",
    "user_2"."age" AS "user.age"
  FROM "members"
  LEFT JOIN "user_2"
    ON "members"."user_id" = "user_2"."user_id"
), "members_with_id" AS (
  SELECT
    "members_with_lookups".*,
    "company_with_lookups"."owner.visits_made"
  FROM "members_with_lookups"
  INNER JOIN "company_with_lookups"
    ON "members_with_lookups"."company_id" = "company_with_lookups"."id"
), "members_with_id_by_company_id" AS (
  SELECT
    "company_id",
    COUNT(*) AS "size",
    BOOL_OR("user.vip") AS "has_vip",
    BOOL_AND(COALESCE("user.active", FALSE)) AS "every_active",
    BOOL_OR("user.visits_made" > "owner.visits_made") AS "more_than_owner",
    CAST(SUM("user.visits_made") AS BIGINT) AS "visits_of_all",
    AVG(CASE WHEN "role" = 'dev' THEN "user.age" END) AS "ages"
  FROM "members_with_id"
  GROUP BY
    "company_id"
), "company_with_lookups_1" AS (
  SELECT
    "company_with_lookups".*,
    COALESCE("members_with_id_by_company_id"."size", 0) AS "size",
    COALESCE("members_with_id_by_company_id"."has_vip", FALSE) AS "has_vip",
    COALESCE("members_with_id_by_company_id"."every_active", FALSE) AS "every_active",
    COALESCE("members_with_id_by_company_id"."more_than_owner", FALSE) AS "more_than_owner",
    COALESCE("members_with_id_by_company_id"."visits_of_all", 0) AS "visits_of_all",
    "members_with_id_by_company_id"."ages",
    "company_with_lookups"."owner.vip" AS "owned_by_vip",
    NOT "company_with_lookups"."owner.vip" AS "not_owned_by_vip",
    "company_with_lookups"."owner.visits_made" AS "owner_visits"
  FROM "company_with_lookups"
  LEFT JOIN "members_with_id_by_company_id"
    ON "company_with_lookups"."id" = "members_with_id_by_company_id"."company_id"
), "company_with_lookups_2" AS (
  SELECT
    "company_with_lookups_1".*,
    CASE WHEN "size" >= 2 THEN TRUE ELSE FALSE END AS "big",
    CASE WHEN "size" = 0 THEN 'empty' WHEN "size" = 1 THEN 'tiny' ELSE 'real' END AS "level"
  FROM "company_with_lookups_1"
), "company_with_lookups_3" AS (
  SELECT
    "company_with_lookups_2".*,
    CASE WHEN "level" = 'empty' THEN TRUE ELSE FALSE END AS "level.empty",
    CASE WHEN "level" = 'tiny' THEN TRUE ELSE FALSE END AS "level.tiny",
    CASE WHEN "level" = 'real' THEN TRUE ELSE FALSE END AS "level.real"
  FROM "company_with_lookups_2"
)
SELECT
  "id",
  "big",
  "has_vip",
  "every_active",
  "owned_by_vip",
  "not_owned_by_vip",
  "more_than_owner",
  "level.empty",
  "level.tiny",
  "level.real",
  "level",
  "size",
  "visits_of_all",
  "owner_visits",
  "ages"
FROM "company_with_lookups_3"
