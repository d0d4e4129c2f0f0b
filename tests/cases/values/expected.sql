WITH "customer" AS (
  SELECT
    "id",
    "a",
    "b",
    "c",
    "t",
    "flag",
    "started",
    "ended",
    "d"
  FROM "customer"
), "customer_tests" AS (
  SELECT
    "customer".*,
    CASE WHEN "flag" THEN TRUE ELSE FALSE END AS "flag is true",
    CASE WHEN "a" > 3 THEN TRUE ELSE FALSE END AS "a > 3",
    CASE WHEN "a" = 1 THEN TRUE ELSE FALSE END AS "a == 1",
    CASE WHEN "b" = 1 THEN TRUE ELSE FALSE END AS "b == 1"
  FROM "customer"
), "customer_1" AS (
  SELECT
    "customer_tests".*,
    CASE WHEN "a" > 5 THEN TRUE ELSE FALSE END AS "over_limit",
    CASE WHEN "a" IN (1, 5) THEN TRUE ELSE FALSE END AS "coded",
    CASE WHEN "t" IN ('x', 'NO') THEN TRUE ELSE FALSE END AS "worded",
    CASE WHEN "t" = 'it''s' THEN TRUE ELSE FALSE END AS "named",
    CASE WHEN "d" >= CAST('2026-01-15' AS DATE) THEN TRUE ELSE FALSE END AS "late",
    CASE WHEN (
      CAST("a" AS DECIMAL(37, 0)) * 0.5
    ) > 2 THEN TRUE ELSE FALSE END AS "costs",
    "flag is true" AS "flagged",
    NOT "flag" IS NULL AS "flag_known",
    "a > 3" AS "truth",
    CASE
      WHEN DATE_DIFF('microsecond', "started", "ended") >= 129600000000
      THEN TRUE
      ELSE FALSE
    END AS "long_run",
    CASE
      WHEN DATE_DIFF('microsecond', "started", "ended") < 86400000000
      THEN TRUE
      ELSE FALSE
    END AS "run_of_a_day",
    CASE
      WHEN DATE_DIFF('microsecond', "started", "ended") > 604800000000
      THEN TRUE
      ELSE FALSE
    END AS "run_in_weeks",
    CASE WHEN "a == 1" OR (
      "b == 1" AND "c" = 1
    ) THEN TRUE ELSE FALSE END AS "precedence",
    NOT "flag is true" AND "a == 1" AS "tight",
    CASE WHEN "a > 3" THEN 'big' ELSE 'small' END AS "chosen",
    CASE WHEN "flag is true" THEN "a == 1" ELSE "b == 1" END AS "thing",
    LEAST("a", "b", "c") AS "smallest",
    GREATEST("a", "b", "c") AS "largest",
    COALESCE("a", "b", "c", 0) AS "known",
    CASE WHEN "a" > 10 THEN 'huge' WHEN "a > 3" THEN 'big' ELSE 'small' END AS "sized",
    CASE WHEN "a > 3" THEN "b" ELSE "c" END AS "open",
    -"a" AS "negative",
    2 + (
      3 * "a"
    ) AS "weird",
    (
      2 + 3
    ) * "a" AS "grouped",
    (
      "a" - "b"
    ) - "c" AS "apart",
    CAST("a" AS DOUBLE) / NULLIF(CAST("b" AS DOUBLE), 0) AS "quotient",
    1000000 + "a" AS "millions"
  FROM "customer_tests"
), "customer_2" AS (
  SELECT
    "customer_1".*,
    "truth" AS "truth_holds",
    NOT "truth" AS "no_truth",
    CASE WHEN "chosen" = 'big' THEN TRUE ELSE FALSE END AS "chosen_big"
  FROM "customer_1"
)
SELECT
  "id",
  "over_limit",
  "coded",
  "worded",
  "named",
  "late",
  "costs",
  "flagged",
  "flag_known",
  "truth_holds",
  "no_truth",
  "long_run",
  "run_of_a_day",
  "run_in_weeks",
  "precedence",
  "tight",
  "chosen_big",
  "thing",
  "smallest",
  "largest",
  "known",
  "chosen",
  "sized",
  "open",
  "negative",
  "weird",
  "grouped",
  "apart",
  "quotient",
  "millions",
  "truth"
FROM "customer_2"
