WITH "customer" AS (
  SELECT
    "id",
    "orders",
    "recency",
    "email"
  FROM "customer"
), "customer_1" AS (
  SELECT
    "customer".*,
    COALESCE("orders" >= 5, FALSE) AS "vip",
    COALESCE("orders" = 0 OR "recency" = 1, FALSE) AS "any_of",
    NOT (
      "orders" = 0 OR "recency" = 1
    ) IS TRUE AS "none_of",
    COALESCE("orders" = 1, FALSE) AS "all_of",
    NOT (
      (
        "orders" = 1 AND "recency" = 1
      ) OR "orders" IS DISTINCT FROM 1
    ) IS TRUE AS "mixed"
  FROM "customer"
), "customer_2" AS (
  SELECT
    "customer_1".*,
    COALESCE("orders" >= 1 AND (
      "recency" > 180 OR "email" IS NULL
    ) AND NOT "vip", FALSE) AS "lapsed"
  FROM "customer_1"
)
SELECT
  "id",
  "vip",
  "lapsed",
  "any_of",
  "none_of",
  "all_of",
  "mixed"
FROM "customer_2"
