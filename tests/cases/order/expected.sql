WITH "customer" AS (
  SELECT
    "id"
  FROM "customer"
), "orders" AS (
  SELECT
    "id",
    "day",
    "line",
    "amount",
    "channel"
  FROM "orders"
  WHERE
    "day" < CAST('2026-02-01' AS DATE)
), "orders_by_id" AS (
  SELECT
    "id",
    FIRST("amount" ORDER BY "day" DESC, "line" DESC, "amount" ASC) AS "last_amount",
    FIRST("amount" ORDER BY "day" ASC NULLS FIRST, "line" ASC NULLS FIRST, "amount" ASC) AS "first_amount",
    FIRST("amount" ORDER BY "day" DESC, "line" DESC, "amount" ASC) FILTER(WHERE
      NOT "amount" IS NULL) AS "last_known",
    FIRST("amount" ORDER BY "day" ASC NULLS FIRST, "line" ASC NULLS FIRST, "amount" ASC) FILTER(WHERE
      "channel" = 'web') AS "first_web"
  FROM "orders"
  GROUP BY
    "id"
), "visits" AS (
  SELECT
    "id",
    "day",
    "page"
  FROM "visits"
  WHERE
    "day" < CAST('2026-02-01' AS DATE)
), "visits_by_id" AS (
  SELECT
    "id",
    FIRST("page" ORDER BY "day" ASC NULLS FIRST, "page" ASC) AS "first_page",
    FIRST("page" ORDER BY "day" DESC, "page" ASC) AS "last_page",
    FIRST("page" ORDER BY "day" DESC, "page" ASC) FILTER(WHERE
      "day" < CAST('2026-01-03' AS DATE)) AS "last_page_before"
  FROM "visits"
  GROUP BY
    "id"
), "steps" AS (
  SELECT
    "id",
    "number",
    "name"
  FROM "steps"
), "steps_by_id" AS (
  SELECT
    "id",
    FIRST("name" ORDER BY "number" ASC NULLS FIRST, "name" ASC) AS "first_step",
    FIRST("name" ORDER BY "number" DESC, "name" ASC) AS "last_step"
  FROM "steps"
  GROUP BY
    "id"
), "customer_1" AS (
  SELECT
    "customer".*,
    "orders_by_id"."last_amount",
    "orders_by_id"."first_amount",
    "orders_by_id"."last_known",
    "orders_by_id"."first_web",
    "visits_by_id"."first_page",
    "visits_by_id"."last_page",
    "visits_by_id"."last_page_before",
    "steps_by_id"."first_step",
    "steps_by_id"."last_step"
  FROM "customer"
  LEFT JOIN "orders_by_id"
    ON "customer"."id" = "orders_by_id"."id"
  LEFT JOIN "visits_by_id"
    ON "customer"."id" = "visits_by_id"."id"
  LEFT JOIN "steps_by_id"
    ON "customer"."id" = "steps_by_id"."id"
), "customer_2" AS (
  SELECT
    "customer_1".*,
    CASE WHEN "last_amount" < 5 THEN TRUE ELSE FALSE END AS "ended_small"
  FROM "customer_1"
)
SELECT
  "id",
  "ended_small",
  "first_amount",
  "last_amount",
  "last_known",
  "first_web",
  "first_page",
  "last_page",
  "last_page_before",
  "first_step",
  "last_step"
FROM "customer_2"
