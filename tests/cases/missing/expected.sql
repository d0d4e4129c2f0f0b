WITH "customer" AS (
  SELECT
    "id",
    "country",
    "age",
    "other_age",
    "active",
    "joined",
    "tags"
  FROM "customer"
), "customer_tests" AS (
  SELECT
    "customer".*,
    CASE WHEN "country" = 'US' THEN TRUE ELSE FALSE END AS "country == US",
    CASE WHEN "country" IN ('US', 'TH') THEN TRUE ELSE FALSE END AS "country in US, TH",
    CASE WHEN "age" >= 18 THEN TRUE ELSE FALSE END AS "age >= 18",
    CASE WHEN "age" <= 65 THEN TRUE ELSE FALSE END AS "age <= 65",
    CASE WHEN "age" < 18 THEN TRUE ELSE FALSE END AS "age < 18",
    CASE WHEN "age" = "other_age" THEN TRUE ELSE FALSE END AS "age == other_age",
    CASE WHEN "active" THEN TRUE ELSE FALSE END AS "active is true",
    CASE WHEN "country" IS NULL THEN TRUE ELSE FALSE END AS "country is missing"
  FROM "customer"
), "customer_1" AS (
  SELECT
    "customer_tests".*,
    NOT "country == US" AS "not_us",
    "country == US" AS "us",
    NOT "country in US, TH" AS "outside",
    "country in US, TH" AS "inside",
    NOT (
      "age >= 18" AND "age <= 65"
    ) AS "not_middle",
    "age >= 18" AND "age <= 65" AS "middle",
    NOT CONTAINS("country", 'U') IS TRUE AS "no_u",
    NOT STARTS_WITH("country", 'U') IS TRUE AS "no_leading_u",
    NOT ENDS_WITH("country", 'S') IS TRUE AS "no_trailing_s",
    NOT REGEXP_MATCHES("country", '^U') IS TRUE AS "no_match",
    NOT LIST_CONTAINS("tags", 'vip') IS TRUE AS "not_tagged",
    NOT LIST_HAS_ANY("tags", ['vip', 'new']) IS TRUE AS "not_any_tag",
    NOT LIST_HAS_ALL("tags", ['vip', 'new']) IS TRUE AS "not_all_tags",
    NOT "age >= 18" AS "not_adult",
    "age < 18" AS "minor",
    NOT "age == other_age" AS "not_equal_columns",
    "age == other_age" AS "equal_columns",
    "active is true" AS "active_ones",
    NOT "active is true" AS "inactive_ones",
    CASE WHEN "active" = FALSE THEN TRUE ELSE FALSE END AS "is_false",
    "active" IS DISTINCT FROM TRUE AS "is_not_true",
    NOT (
      NOT "country == US"
    ) AS "double_not",
    NOT (
      "country == US" OR "age >= 18"
    ) AS "neither",
    NOT "country == US" AND "age < 18" AS "de_morgan",
    NOT "country is missing" AND NOT "country == US" AS "known_not_us",
    "country is missing" AS "unknown_country",
    NOT "country is missing" AS "known_country",
    NOT (
      "joined" < CAST('2026-01-01' AS DATE)
    ) IS TRUE AS "not_early",
    CASE WHEN "joined" >= CAST('2026-01-01' AS DATE) THEN TRUE ELSE FALSE END AS "late",
    NOT (
      (
        "age" + 1
      ) > 18
    ) IS TRUE AS "no_later_age",
    NOT (
      "joined" >= CAST('2026-01-02' AS DATE) AND "joined" < CAST('2026-02-01' AS DATE)
    ) IS TRUE AS "in_no_window",
    NOT (
      "country == US" OR "active is true"
    ) AS "none_of"
  FROM "customer_tests"
), "customer_2" AS (
  SELECT
    "customer_1".*,
    NOT "us" AS "everyone_else"
  FROM "customer_1"
)
SELECT
  "id",
  "not_us",
  "us",
  "outside",
  "inside",
  "not_middle",
  "middle",
  "no_u",
  "no_leading_u",
  "no_trailing_s",
  "no_match",
  "not_tagged",
  "not_any_tag",
  "not_all_tags",
  "not_adult",
  "minor",
  "not_equal_columns",
  "equal_columns",
  "active_ones",
  "inactive_ones",
  "is_false",
  "is_not_true",
  "everyone_else",
  "double_not",
  "neither",
  "de_morgan",
  "known_not_us",
  "unknown_country",
  "known_country",
  "not_early",
  "late",
  "no_later_age",
  "in_no_window",
  "none_of"
FROM "customer_2"
