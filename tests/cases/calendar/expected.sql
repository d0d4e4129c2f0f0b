WITH "customer" AS (
  SELECT
    "id",
    "d"
  FROM "customer"
), "customer_tests" AS (
  SELECT
    "customer".*,
    CASE WHEN "d" < CAST('2024-03-01' AS DATE) THEN TRUE ELSE FALSE END AS "d < 2024-03-01"
  FROM "customer"
), "customer_1" AS (
  SELECT
    "customer_tests".*,
    CASE
      WHEN "d" >= CAST('2024-02-01' AS DATE) AND "d < 2024-03-01"
      THEN TRUE
      ELSE FALSE
    END AS "in_last_month",
    CASE
      WHEN "d" >= CAST('2023-03-01' AS DATE) AND "d < 2024-03-01"
      THEN TRUE
      ELSE FALSE
    END AS "in_last_year",
    CASE WHEN "d" <= CAST('2023-02-28' AS DATE) THEN TRUE ELSE FALSE END AS "year_old",
    CAST("d" + INTERVAL '1' MONTH AS DATE) AS "next_month",
    CAST("d" - INTERVAL '1' MONTH AS DATE) AS "past_month",
    CAST("d" + INTERVAL '1' YEAR AS DATE) AS "next_year",
    CAST("d" - INTERVAL '1' YEAR AS DATE) AS "past_year",
    CAST("d" + INTERVAL '3' MONTH AS DATE) AS "next_quarter",
    "d" + 14 AS "fortnight",
    "d" + 1 AS "tomorrow",
    CAST(DATE_TRUNC('week', "d") AS DATE) AS "week_start",
    CAST(DATE_TRUNC('month', "d") AS DATE) AS "month_start",
    CAST(DATE_TRUNC('quarter', "d") AS DATE) AS "quarter_start",
    CAST(DATE_TRUNC('year', "d") AS DATE) AS "year_start",
    EXTRACT(week FROM "d") AS "week_number",
    EXTRACT(isodow FROM "d") AS "day_number",
    EXTRACT(quarter FROM "d") AS "quarter_number",
    EXTRACT(month FROM "d") AS "month_number",
    EXTRACT(year FROM "d") AS "year_number",
    DATE_DIFF('day', "d", CAST('2024-02-29' AS DATE)) AS "days"
  FROM "customer_tests"
)
SELECT
  "id",
  "in_last_month",
  "in_last_year",
  "year_old",
  "next_month",
  "past_month",
  "next_year",
  "past_year",
  "next_quarter",
  "fortnight",
  "tomorrow",
  "week_start",
  "month_start",
  "quarter_start",
  "year_start",
  "week_number",
  "day_number",
  "quarter_number",
  "month_number",
  "year_number",
  "days"
FROM "customer_1"
