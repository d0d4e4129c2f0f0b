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
), "customer_1" AS (
  SELECT
    "customer".*,
    "country" IS DISTINCT FROM 'US' AS "not_us",
    COALESCE("country" = 'US', FALSE) AS "us",
    NOT (
      "country" IN ('US', 'TH')
    ) IS TRUE AS "outside",
    COALESCE("country" IN ('US', 'TH'), FALSE) AS "inside",
    NOT (
      "age" >= 18 AND "age" <= 65
    ) IS TRUE AS "not_middle",
    COALESCE("age" >= 18 AND "age" <= 65, FALSE) AS "middle",
    NOT CONTAINS("country", 'U') IS TRUE AS "no_u",
    NOT STARTS_WITH("country", 'U') IS TRUE AS "no_leading_u",
    NOT ENDS_WITH("country", 'S') IS TRUE AS "no_trailing_s",
    NOT REGEXP_MATCHES("country", '^U') IS TRUE AS "no_match",
    NOT LIST_CONTAINS("tags", 'vip') IS TRUE AS "not_tagged",
    NOT LIST_HAS_ANY("tags", ['vip', 'new']) IS TRUE AS "not_any_tag",
    NOT LIST_HAS_ALL("tags", ['vip', 'new']) IS TRUE AS "not_all_tags",
    NOT (
      "age" >= 18
    ) IS TRUE AS "not_adult",
    COALESCE("age" < 18, FALSE) AS "minor",
    NOT (
      "age" = "other_age"
    ) IS TRUE AS "not_equal_columns",
    COALESCE("age" = "other_age", FALSE) AS "equal_columns",
    COALESCE("active", FALSE) AS "active_ones",
    NOT "active" IS TRUE AS "inactive_ones",
    COALESCE("active" = FALSE, FALSE) AS "is_false",
    "active" IS DISTINCT FROM TRUE AS "is_not_true",
    NOT (
      "country" IS DISTINCT FROM 'US'
    ) AS "double_not",
    NOT (
      "country" = 'US' OR "age" >= 18
    ) IS TRUE AS "neither",
    COALESCE("country" IS DISTINCT FROM 'US' AND "age" < 18, FALSE) AS "de_morgan",
    NOT "country" IS NULL AND "country" IS DISTINCT FROM 'US' AS "known_not_us",
    "country" IS NULL AS "unknown_country",
    NOT "country" IS NULL AS "known_country",
    NOT (
      "joined" < CAST('2026-01-01' AS DATE)
    ) IS TRUE AS "not_early",
    COALESCE("joined" >= CAST('2026-01-01' AS DATE), FALSE) AS "late",
    NOT (
      (
        "age" + 1
      ) > 18
    ) IS TRUE AS "no_later_age",
    NOT (
      "joined" >= CAST('2026-01-02' AS DATE) AND "joined" < CAST('2026-02-01' AS DATE)
    ) IS TRUE AS "in_no_window",
    NOT (
      "country" = 'US' OR "active"
    ) IS TRUE AS "none_of"
  FROM "customer"
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
