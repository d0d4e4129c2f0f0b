WITH "customer" AS (
  SELECT
    "id",
    "joined"
  FROM "customer"
  WHERE
    "joined" IS NULL OR "joined" < CAST('2026-02-01' AS DATE)
), "customer_tests" AS (
  SELECT
    "customer".*,
    CASE WHEN "joined" >= CAST('2026-01-25' AS DATE) THEN TRUE ELSE FALSE END AS "joined >= 2026-01-25",
    CASE WHEN "joined" < CAST('2026-02-01' AS DATE) THEN TRUE ELSE FALSE END AS "joined < 2026-02-01"
  FROM "customer"
), "customer_1" AS (
  SELECT
    "customer_tests".*,
    CASE WHEN "id" > 0 THEN TRUE ELSE FALSE END AS "everyone",
    "joined >= 2026-01-25" AND "joined < 2026-02-01" AS "new",
    NOT (
      "joined >= 2026-01-25" AND "joined < 2026-02-01"
    ) AS "not_new"
  FROM "customer_tests"
)
SELECT
  "id",
  "everyone",
  "new",
  "not_new"
FROM "customer_1"
