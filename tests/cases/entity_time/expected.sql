WITH "customer" AS (
  SELECT
    "id",
    "joined"
  FROM "customer"
  WHERE
    "joined" IS NULL OR "joined" < CAST('2026-02-01' AS DATE)
), "customer_1" AS (
  SELECT
    "customer".*,
    "id" > 0 AS "everyone",
    COALESCE(
      "joined" >= CAST('2026-01-25' AS DATE) AND "joined" < CAST('2026-02-01' AS DATE),
      FALSE
    ) AS "new",
    NOT (
      "joined" >= CAST('2026-01-25' AS DATE) AND "joined" < CAST('2026-02-01' AS DATE)
    ) IS TRUE AS "not_new"
  FROM "customer"
)
SELECT
  "id",
  "everyone",
  "new",
  "not_new"
FROM "customer_1"
