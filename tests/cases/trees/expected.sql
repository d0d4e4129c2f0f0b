WITH "customer" AS (
  SELECT
    "id",
    "orders",
    "recency",
    "email"
  FROM "customer"
), "customer_tests" AS (
  SELECT
    "customer".*,
    CASE WHEN "orders" = 0 THEN TRUE ELSE FALSE END AS "orders == 0",
    CASE WHEN "recency" = 1 THEN TRUE ELSE FALSE END AS "recency == 1",
    CASE WHEN "orders" = 1 THEN TRUE ELSE FALSE END AS "orders == 1"
  FROM "customer"
), "customer_1" AS (
  SELECT
    "customer_tests".*,
    CASE WHEN "orders" >= 5 THEN TRUE ELSE FALSE END AS "vip",
    "orders == 0" OR "recency == 1" AS "any_of",
    NOT (
      "orders == 0" OR "recency == 1"
    ) AS "none_of",
    "orders == 1" AS "all_of",
    NOT (
      (
        "orders == 1" AND "recency == 1"
      ) OR NOT "orders == 1"
    ) AS "mixed"
  FROM "customer_tests"
), "customer_2" AS (
  SELECT
    "customer_1".*,
    CASE
      WHEN "orders" >= 1 AND (
        "recency" > 180 OR "email" IS NULL
      ) AND NOT "vip"
      THEN TRUE
      ELSE FALSE
    END AS "lapsed"
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
