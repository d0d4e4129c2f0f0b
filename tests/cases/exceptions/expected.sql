WITH "customer" AS (
  SELECT
    "id",
    "country",
    "bounced",
    "opted_out",
    "vip"
  FROM "customer"
), "complaints" AS (
  SELECT
    "id",
    "day"
  FROM "complaints"
  WHERE
    "day" < CAST('2026-02-01' AS DATE)
), "complaints_looked_at" AS (
  SELECT
    *
  FROM "complaints"
  WHERE
    "day" >= CAST('2026-01-25' AS DATE)
), "complaints_by_id" AS (
  SELECT
    "id",
    COUNT(*) AS "recent_complaints"
  FROM "complaints_looked_at"
  GROUP BY
    "id"
), "customer_1" AS (
  SELECT
    "customer".*,
    COALESCE("complaints_by_id"."recent_complaints", 0) AS "recent_complaints",
    CASE WHEN "customer"."opted_out" THEN TRUE ELSE FALSE END AS "opted_out_2",
    CASE WHEN "customer"."country" = 'TH' THEN TRUE ELSE FALSE END AS "thai_always"
  FROM "customer"
  LEFT JOIN "complaints_by_id"
    ON "customer"."id" = "complaints_by_id"."id"
), "customer_2" AS (
  SELECT
    "customer_1".*,
    CASE WHEN (
      "opted_out_2" OR "bounced"
    ) OR "id" IN (8) THEN TRUE ELSE FALSE END AS "unreachable"
  FROM "customer_1"
), "customer_2_tests" AS (
  SELECT
    "customer_2".*,
    CASE WHEN "recent_complaints" > 0 THEN TRUE ELSE FALSE END AS "recent_complaints > 0"
  FROM "customer_2"
), "customer_3" AS (
  SELECT
    "customer_2_tests".*,
    "thai_always" AND NOT (
      "unreachable" OR "recent_complaints > 0"
    ) AS "thai",
    (
      "thai_always" OR "id" IN (5, 6, 7, 99)
    )
    AND NOT (
      "id" IN (2, 7)
    )
    AND NOT (
      "unreachable" OR "recent_complaints > 0"
    ) AS "friends",
    (
      "thai_always" OR "id" IN (4, 6)
    )
    AND NOT (
      "unreachable" OR "recent_complaints > 0"
    ) AS "kept",
    CASE
      WHEN (
        "thai_always" OR "country" = 'US'
      )
      AND NOT (
        "id" IN (1)
      )
      AND NOT "vip" IS TRUE
      AND NOT (
        "unreachable" OR "recent_complaints > 0"
      )
      THEN TRUE
      ELSE FALSE
    END AS "no_vips",
    (
      FALSE OR "id" IN (2, 5)
    )
    AND NOT (
      "unreachable" OR "recent_complaints > 0"
    ) AS "only_named"
  FROM "customer_2_tests"
), "customer_4" AS (
  SELECT
    "customer_3".*,
    NOT "thai" AND NOT (
      "unreachable" OR "recent_complaints > 0"
    ) AS "others",
    CASE WHEN "thai_always" THEN 'thai' WHEN "friends" THEN 'friend' ELSE 'abroad' END AS "home"
  FROM "customer_3"
), "customer_5" AS (
  SELECT
    "customer_4".*,
    CASE WHEN "home" = 'thai' THEN TRUE ELSE FALSE END AS "home.thai",
    CASE WHEN "home" = 'friend' THEN TRUE ELSE FALSE END AS "home.friend",
    CASE WHEN "home" = 'abroad' THEN TRUE ELSE FALSE END AS "home.abroad"
  FROM "customer_4"
)
SELECT
  "id",
  "opted_out_2" AS "opted_out",
  "unreachable",
  "thai",
  "thai_always",
  "friends",
  "kept",
  "no_vips",
  "others",
  "only_named",
  "home.thai",
  "home.friend",
  "home.abroad",
  "home",
  "recent_complaints"
FROM "customer_5"
