WITH "user_3" AS (
  SELECT
    "user_id",
    "firm"
  FROM "user"
), "company_3" AS (
  SELECT
    "id",
    "kind"
  FROM "company"
), "company" AS (
  SELECT
    "id",
    "kind"
  FROM "company"
), "members_2" AS (
  SELECT
    "id"
  FROM "members"
), "members" AS (
  SELECT
    "id",
    "user_id"
  FROM "members"
), "user_4" AS (
  SELECT
    "user_id",
    "firm"
  FROM "user"
), "user" AS (
  SELECT
    "user_id"
  FROM "user"
), "visits_2" AS (
  SELECT
    "user_id",
    "day",
    "host_id"
  FROM "visits"
  WHERE
    "day" < CAST('2026-01-27' AS DATE)
), "visits_3" AS (
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
    COUNT(*) AS "count_visits"
  FROM "visits"
  GROUP BY
    "user_id"
), "user_1" AS (
  SELECT
    "user".*,
    COALESCE("visits_by_user_id"."count_visits", 0) AS "count_visits"
  FROM "user"
  LEFT JOIN "visits_by_user_id"
    ON "user"."user_id" = "visits_by_user_id"."user_id"
), "user_2" AS (
  SELECT
    "user_1".*,
    CASE WHEN "count_visits" >= 2 THEN TRUE ELSE FALSE END AS "regular"
  FROM "user_1"
), "members_with_lookups" AS (
  SELECT
    "members".*,
    COALESCE("user_2"."regular", FALSE) AS "user.regular"
  FROM "members"
  LEFT JOIN "user_2"
    ON "members"."user_id" = "user_2"."user_id"
), "members_with_lookups_by_id" AS (
  SELECT
    "id",
    COUNT(*) AS "size"
  FROM "members_with_lookups"
  GROUP BY
    "id"
), "regulars_picked" AS (
  SELECT
    *
  FROM "members_with_lookups"
  WHERE
    "user.regular"
), "regulars" AS (
  SELECT
    "regulars_picked".*
  FROM "regulars_picked"
), "regulars_rows" AS (
  SELECT
    "id",
    "user_id",
    "user.regular"
  FROM "regulars"
), "regulars_rows_by_id" AS (
  SELECT
    "id",
    COUNT(*) AS "regulars_here"
  FROM "regulars_rows"
  GROUP BY
    "id"
), "company_1" AS (
  SELECT
    "company".*,
    COALESCE("members_with_lookups_by_id"."size", 0) AS "size",
    COALESCE("regulars_rows_by_id"."regulars_here", 0) AS "regulars_here"
  FROM "company"
  LEFT JOIN "members_with_lookups_by_id"
    ON "company"."id" = "members_with_lookups_by_id"."id"
  LEFT JOIN "regulars_rows_by_id"
    ON "company"."id" = "regulars_rows_by_id"."id"
), "company_2" AS (
  SELECT
    "company_1".*,
    CASE WHEN "size" >= 2 THEN TRUE ELSE FALSE END AS "big"
  FROM "company_1"
), "user_with_lookups" AS (
  SELECT
    "user_3".*,
    "company_2"."regulars_here" AS "company.regulars_here",
    "company_2"."kind" AS "company.kind"
  FROM "user_3"
  LEFT JOIN "company_2"
    ON "user_3"."firm" = "company_2"."id"
), "members_2_by_id" AS (
  SELECT
    "id",
    COUNT(*) AS "size"
  FROM "members_2"
  GROUP BY
    "id"
), "company_3_1" AS (
  SELECT
    "company_3".*,
    COALESCE("members_2_by_id"."size", 0) AS "size"
  FROM "company_3"
  LEFT JOIN "members_2_by_id"
    ON "company_3"."id" = "members_2_by_id"."id"
), "company_3_2" AS (
  SELECT
    "company_3_1".*,
    CASE WHEN "size" >= 2 THEN TRUE ELSE FALSE END AS "big"
  FROM "company_3_1"
), "user_with_lookups_2" AS (
  SELECT
    "user_4".*,
    "company_3_2"."kind" AS "company.kind"
  FROM "user_4"
  LEFT JOIN "company_3_2"
    ON "user_4"."firm" = "company_3_2"."id"
), "visits_with_lookups" AS (
  SELECT
    "visits_2".*,
    COALESCE("company_3_2"."big", FALSE) AS "host.big",
    "company_3_2"."size" AS "host.size"
  FROM "visits_2"
  LEFT JOIN "company_3_2"
    ON "visits_2"."host_id" = "company_3_2"."id"
), "visits_with_user_id" AS (
  SELECT
    "visits_with_lookups".*,
    "user_with_lookups_2"."company.kind"
  FROM "visits_with_lookups"
  INNER JOIN "user_with_lookups_2"
    ON "visits_with_lookups"."user_id" = "user_with_lookups_2"."user_id"
), "big_visits_picked" AS (
  SELECT
    *
  FROM "visits_with_user_id"
  WHERE
    "host.big" AND "company.kind" = 'shop'
), "big_visits" AS (
  SELECT
    "big_visits_picked".*,
    "host.size" AS "size"
  FROM "big_visits_picked"
), "big_visits_rows" AS (
  SELECT
    "user_id",
    "host_id",
    "host.big",
    "host.size",
    "size"
  FROM "big_visits"
), "big_visits_rows_by_user_id" AS (
  SELECT
    "user_id",
    COUNT(*) AS "to_big"
  FROM "big_visits_rows"
  GROUP BY
    "user_id"
), "user_with_lookups_2_1" AS (
  SELECT
    "user_with_lookups_2".*,
    COALESCE("big_visits_rows_by_user_id"."to_big", 0) AS "to_big"
  FROM "user_with_lookups_2"
  LEFT JOIN "big_visits_rows_by_user_id"
    ON "user_with_lookups_2"."user_id" = "big_visits_rows_by_user_id"."user_id"
), "user_with_lookups_with_past" AS (
  SELECT
    "user_with_lookups".*,
    "user_with_lookups_2_1"."to_big" AS "was to_big"
  FROM "user_with_lookups"
  LEFT JOIN "user_with_lookups_2_1"
    ON "user_with_lookups"."user_id" = "user_with_lookups_2_1"."user_id"
), "visits_with_lookups_2" AS (
  SELECT
    "visits_3".*,
    COALESCE("company_2"."big", FALSE) AS "host.big",
    "company_2"."size" AS "host.size"
  FROM "visits_3"
  LEFT JOIN "company_2"
    ON "visits_3"."host_id" = "company_2"."id"
), "visits_with_lookups_2_by_user_id" AS (
  SELECT
    "user_id",
    COUNT(*) AS "count_visits"
  FROM "visits_with_lookups_2"
  GROUP BY
    "user_id"
), "days_by" AS (
  SELECT
    "visits_with_lookups_2".*,
    "day" AS "day_2"
  FROM "visits_with_lookups_2"
), "days_known" AS (
  SELECT
    *
  FROM "days_by"
  WHERE
    NOT "day_2" IS NULL
), "days_folded" AS (
  SELECT
    "user_id",
    "day_2",
    COUNT(CASE WHEN "host.big" THEN 1 END) AS "count 1"
  FROM "days_known"
  GROUP BY
    "user_id",
    "day_2"
), "days_filled" AS (
  SELECT
    "days_folded".*,
    CASE WHEN "count 1" IS NULL THEN 0 ELSE "count 1" END AS "count 1_2"
  FROM "days_folded"
), "days" AS (
  SELECT
    "days_filled".*,
    "count 1_2" AS "bigs"
  FROM "days_filled"
), "days_visible" AS (
  SELECT
    *
  FROM "days"
  WHERE
    "day_2" < CAST('2026-02-01' AS DATE)
), "days_rows" AS (
  SELECT
    "user_id",
    "day_2",
    "bigs"
  FROM "days_visible"
), "days_rows_by_user_id" AS (
  SELECT
    "user_id",
    BOOL_OR("bigs" > 0) AS "some_big_day",
    MAX("bigs") AS "most_in_a_day"
  FROM "days_rows"
  GROUP BY
    "user_id"
), "visits_with_user_id_2" AS (
  SELECT
    "visits_with_lookups_2".*,
    "user_with_lookups_with_past"."company.kind"
  FROM "visits_with_lookups_2"
  INNER JOIN "user_with_lookups_with_past"
    ON "visits_with_lookups_2"."user_id" = "user_with_lookups_with_past"."user_id"
), "big_visits_picked_2" AS (
  SELECT
    *
  FROM "visits_with_user_id_2"
  WHERE
    "host.big" AND "company.kind" = 'shop'
), "big_visits_2" AS (
  SELECT
    "big_visits_picked_2".*,
    "host.size" AS "size"
  FROM "big_visits_picked_2"
), "big_visits_rows_2" AS (
  SELECT
    "user_id",
    "day",
    "host_id",
    "host.big",
    "host.size",
    "size"
  FROM "big_visits_2"
), "big_visits_rows_2_by_user_id" AS (
  SELECT
    "user_id",
    BOOL_OR("host.size" > 1) AS "to_several",
    COUNT(*) AS "to_big",
    CAST(SUM("size") AS BIGINT) AS "sizes"
  FROM "big_visits_rows_2"
  GROUP BY
    "user_id"
), "user_with_lookups_with_past_1" AS (
  SELECT
    "user_with_lookups_with_past".*,
    COALESCE("visits_with_lookups_2_by_user_id"."count_visits", 0) AS "count_visits",
    COALESCE("days_rows_by_user_id"."some_big_day", FALSE) AS "some_big_day",
    "days_rows_by_user_id"."most_in_a_day",
    COALESCE("big_visits_rows_2_by_user_id"."to_several", FALSE) AS "to_several",
    COALESCE("big_visits_rows_2_by_user_id"."to_big", 0) AS "to_big",
    COALESCE("big_visits_rows_2_by_user_id"."sizes", 0) AS "sizes",
    CASE
      WHEN "user_with_lookups_with_past"."company.regulars_here" > 0
      THEN TRUE
      ELSE FALSE
    END AS "with_regulars",
    "user_with_lookups_with_past"."was to_big" AS "to_big_then"
  FROM "user_with_lookups_with_past"
  LEFT JOIN "visits_with_lookups_2_by_user_id"
    ON "user_with_lookups_with_past"."user_id" = "visits_with_lookups_2_by_user_id"."user_id"
  LEFT JOIN "days_rows_by_user_id"
    ON "user_with_lookups_with_past"."user_id" = "days_rows_by_user_id"."user_id"
  LEFT JOIN "big_visits_rows_2_by_user_id"
    ON "user_with_lookups_with_past"."user_id" = "big_visits_rows_2_by_user_id"."user_id"
), "user_with_lookups_with_past_2" AS (
  SELECT
    "user_with_lookups_with_past_1".*,
    CASE WHEN "count_visits" >= 2 THEN TRUE ELSE FALSE END AS "regular"
  FROM "user_with_lookups_with_past_1"
)
SELECT
  "user_id",
  "regular",
  "some_big_day",
  "to_several",
  "with_regulars",
  "to_big",
  "sizes",
  "most_in_a_day",
  "to_big_then"
FROM "user_with_lookups_with_past_2"

WITH "company" AS (
  SELECT
    "id"
  FROM "company"
), "members" AS (
  SELECT
    "id",
    "user_id"
  FROM "members"
), "user" AS (
  SELECT
    "user_id"
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
    COUNT(*) AS "count_visits"
  FROM "visits"
  GROUP BY
    "user_id"
), "user_1" AS (
  SELECT
    "user".*,
    COALESCE("visits_by_user_id"."count_visits", 0) AS "count_visits"
  FROM "user"
  LEFT JOIN "visits_by_user_id"
    ON "user"."user_id" = "visits_by_user_id"."user_id"
), "user_2" AS (
  SELECT
    "user_1".*,
    CASE WHEN "count_visits" >= 2 THEN TRUE ELSE FALSE END AS "regular"
  FROM "user_1"
), "members_with_lookups" AS (
  SELECT
    "members".*,
    COALESCE("user_2"."regular", FALSE) AS "user.regular"
  FROM "members"
  LEFT JOIN "user_2"
    ON "members"."user_id" = "user_2"."user_id"
), "members_with_lookups_by_id" AS (
  SELECT
    "id",
    COUNT(*) AS "size"
  FROM "members_with_lookups"
  GROUP BY
    "id"
), "regulars_picked" AS (
  SELECT
    *
  FROM "members_with_lookups"
  WHERE
    "user.regular"
), "regulars" AS (
  SELECT
    "regulars_picked".*
  FROM "regulars_picked"
), "regulars_rows" AS (
  SELECT
    "id",
    "user_id",
    "user.regular"
  FROM "regulars"
), "regulars_rows_by_id" AS (
  SELECT
    "id",
    COUNT(*) AS "regulars_here"
  FROM "regulars_rows"
  GROUP BY
    "id"
), "company_1" AS (
  SELECT
    "company".*,
    COALESCE("members_with_lookups_by_id"."size", 0) AS "size",
    COALESCE("regulars_rows_by_id"."regulars_here", 0) AS "regulars_here"
  FROM "company"
  LEFT JOIN "members_with_lookups_by_id"
    ON "company"."id" = "members_with_lookups_by_id"."id"
  LEFT JOIN "regulars_rows_by_id"
    ON "company"."id" = "regulars_rows_by_id"."id"
), "company_2" AS (
  SELECT
    "company_1".*,
    CASE WHEN "size" >= 2 THEN TRUE ELSE FALSE END AS "big"
  FROM "company_1"
)
SELECT
  "id",
  "big",
  "size",
  "regulars_here"
FROM "company_2"
