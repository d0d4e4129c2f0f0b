WITH "customer" AS (
  SELECT
    "id"
  FROM "customer"
), "orders" AS (
  SELECT
    "id",
    "at"
  FROM "orders"
  WHERE
    "at" < CAST('2026-01-31 17:00:00' AS TIMESTAMP)
), "orders_by_id" AS (
  SELECT
    "id",
    BOOL_OR("at" >= CAST('2026-01-30 17:00:00' AS TIMESTAMP)) AS "last_24_hours",
    BOOL_OR("at" >= CAST('2025-11-02 17:00:00' AS TIMESTAMP)) AS "last_90_days",
    BOOL_OR("at" >= CAST('2025-12-31 17:00:00' AS TIMESTAMP)) AS "this_year",
    BOOL_OR("at" >= CAST('2026-01-24 17:00:00' AS TIMESTAMP)) AS "last_params",
    BOOL_OR(
      "at" >= CAST('2026-01-01 17:00:00' AS TIMESTAMP)
      AND "at" < CAST('2026-01-24 17:00:00' AS TIMESTAMP)
    ) AS "from_to_ago",
    BOOL_OR(
      "at" >= CAST('2026-01-09 17:00:00' AS TIMESTAMP)
      AND "at" < CAST('2026-01-12 17:00:00' AS TIMESTAMP)
    ) AS "from_to_days",
    BOOL_OR("at" >= CAST('2026-01-09 17:00:00' AS TIMESTAMP)) AS "since_day",
    BOOL_OR("at" < CAST('2026-01-09 17:00:00' AS TIMESTAMP)) AS "before_day",
    BOOL_OR("at" >= CAST('2026-01-01 17:00:00' AS TIMESTAMP)) AS "since_ago",
    BOOL_OR("at" < CAST('2026-01-01 17:00:00' AS TIMESTAMP)) AS "before_ago",
    BOOL_OR("at" >= CAST('2026-01-25 17:00:00' AS TIMESTAMP)) AS "this_week",
    BOOL_OR(
      "at" >= CAST('2026-01-18 17:00:00' AS TIMESTAMP)
      AND "at" < CAST('2026-01-25 17:00:00' AS TIMESTAMP)
    ) AS "last_week",
    BOOL_OR(
      "at" >= CAST('2025-11-30 17:00:00' AS TIMESTAMP)
      AND "at" < CAST('2025-12-31 17:00:00' AS TIMESTAMP)
    ) AS "last_month",
    BOOL_OR(
      "at" >= CAST('2025-09-30 17:00:00' AS TIMESTAMP)
      AND "at" < CAST('2025-12-31 17:00:00' AS TIMESTAMP)
    ) AS "last_quarter",
    BOOL_OR(
      "at" >= CAST('2024-12-31 17:00:00' AS TIMESTAMP)
      AND "at" < CAST('2025-12-31 17:00:00' AS TIMESTAMP)
    ) AS "last_year",
    COUNT(*) > 0 AS "any_order"
  FROM "orders"
  GROUP BY
    "id"
), "visits" AS (
  SELECT
    "id",
    "day"
  FROM "visits"
  WHERE
    "day" < CAST('2026-02-01' AS DATE)
), "visits_by_id" AS (
  SELECT
    "id",
    BOOL_OR("day" >= CAST('2025-11-03' AS DATE)) AS "visit_last_90_days",
    BOOL_OR("day" >= CAST('2026-01-31' AS DATE)) AS "visit_last_day",
    BOOL_OR("day" >= CAST('2026-01-02' AS DATE) AND "day" < CAST('2026-01-25' AS DATE)) AS "visit_from_to_ago",
    BOOL_OR("day" >= CAST('2026-01-10' AS DATE) AND "day" <= CAST('2026-01-12' AS DATE)) AS "visit_from_to_days",
    BOOL_OR("day" >= CAST('2026-01-10' AS DATE)) AS "visit_since_day",
    BOOL_OR("day" < CAST('2026-01-10' AS DATE)) AS "visit_before_day",
    BOOL_OR("day" >= CAST('2026-01-26' AS DATE)) AS "visit_this_week",
    COUNT(*) > 0 AS "any_visit"
  FROM "visits"
  GROUP BY
    "id"
), "customer_1" AS (
  SELECT
    "customer".*,
    COALESCE("orders_by_id"."last_24_hours", FALSE) AS "last_24_hours",
    COALESCE("orders_by_id"."last_90_days", FALSE) AS "last_90_days",
    COALESCE("orders_by_id"."this_year", FALSE) AS "this_year",
    COALESCE("orders_by_id"."last_params", FALSE) AS "last_params",
    COALESCE("orders_by_id"."from_to_ago", FALSE) AS "from_to_ago",
    COALESCE("orders_by_id"."from_to_days", FALSE) AS "from_to_days",
    COALESCE("orders_by_id"."since_day", FALSE) AS "since_day",
    COALESCE("orders_by_id"."before_day", FALSE) AS "before_day",
    COALESCE("orders_by_id"."since_ago", FALSE) AS "since_ago",
    COALESCE("orders_by_id"."before_ago", FALSE) AS "before_ago",
    COALESCE("orders_by_id"."this_week", FALSE) AS "this_week",
    COALESCE("orders_by_id"."last_week", FALSE) AS "last_week",
    COALESCE("orders_by_id"."last_month", FALSE) AS "last_month",
    COALESCE("orders_by_id"."last_quarter", FALSE) AS "last_quarter",
    COALESCE("orders_by_id"."last_year", FALSE) AS "last_year",
    COALESCE("orders_by_id"."any_order", FALSE) AS "any_order",
    COALESCE("visits_by_id"."visit_last_90_days", FALSE) AS "visit_last_90_days",
    COALESCE("visits_by_id"."visit_last_day", FALSE) AS "visit_last_day",
    COALESCE("visits_by_id"."visit_from_to_ago", FALSE) AS "visit_from_to_ago",
    COALESCE("visits_by_id"."visit_from_to_days", FALSE) AS "visit_from_to_days",
    COALESCE("visits_by_id"."visit_since_day", FALSE) AS "visit_since_day",
    COALESCE("visits_by_id"."visit_before_day", FALSE) AS "visit_before_day",
    COALESCE("visits_by_id"."visit_this_week", FALSE) AS "visit_this_week",
    COALESCE("visits_by_id"."any_visit", FALSE) AS "any_visit"
  FROM "customer"
  LEFT JOIN "orders_by_id"
    ON "customer"."id" = "orders_by_id"."id"
  LEFT JOIN "visits_by_id"
    ON "customer"."id" = "visits_by_id"."id"
)
SELECT
  "id",
  "last_24_hours" AS "last_day",
  "last_90_days",
  "last_24_hours",
  "this_year" AS "last_month_long",
  "last_params",
  "from_to_ago",
  "from_to_days",
  "since_day",
  "before_day",
  "since_ago",
  "before_ago",
  "this_week",
  "last_week",
  "this_year" AS "this_month",
  "last_month",
  "this_year" AS "this_quarter",
  "last_quarter",
  "this_year",
  "last_year",
  "any_order",
  "visit_last_90_days",
  "visit_last_day",
  "visit_from_to_ago",
  "visit_from_to_days",
  "visit_since_day",
  "visit_before_day",
  "visit_this_week",
  "any_visit"
FROM "customer_1"
