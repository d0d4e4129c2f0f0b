WITH "customer" AS (
  SELECT
    "id",
    "orders",
    "recency"
  FROM "customer"
), "customer_tests" AS (
  SELECT
    "customer".*,
    CASE WHEN "recency" > 365 THEN TRUE ELSE FALSE END AS "recency > 365",
    CASE WHEN "orders" < 5 THEN TRUE ELSE FALSE END AS "orders < 5",
    CASE WHEN "orders" >= 5 THEN TRUE ELSE FALSE END AS "orders >= 5",
    CASE WHEN "orders" <= 2 THEN TRUE ELSE FALSE END AS "orders <= 2",
    CASE WHEN "orders" >= 2 THEN TRUE ELSE FALSE END AS "orders >= 2",
    CASE WHEN "orders" <= 5 THEN TRUE ELSE FALSE END AS "orders <= 5",
    CASE WHEN "recency" > 30 THEN TRUE ELSE FALSE END AS "recency > 30"
  FROM "customer"
), "customer_1" AS (
  SELECT
    "customer_tests".*,
    CASE
      WHEN "orders" = 0
      THEN 'lead'
      WHEN "orders" = 1 AND "recency" <= 30
      THEN 'new'
      WHEN "recency > 365"
      THEN 'churned'
      ELSE 'active'
    END AS "lifecycle",
    CASE WHEN "orders < 5" THEN 'small' WHEN "orders >= 5" THEN 'large' END AS "size",
    CASE WHEN "orders < 5" THEN 1 ELSE 0 END + CASE WHEN "orders >= 5" THEN 1 ELSE 0 END AS "size matches",
    CASE
      WHEN "orders <= 2" OR (
        "orders >= 2" AND "orders <= 5"
      ) OR "orders >= 5"
      THEN LIST_FILTER(
        [
          CASE WHEN "orders <= 2" THEN 'few' END,
          CASE WHEN "orders >= 2" AND "orders <= 5" THEN 'some' END,
          CASE WHEN "orders >= 5" THEN 'many' END
        ],
        LAMBDA label : NOT label IS NULL
      )
    END AS "groups",
    CASE
      WHEN "recency > 30" OR "recency > 365"
      THEN LIST_FILTER(
        [
          CASE WHEN "recency > 30" THEN 'late' END,
          CASE WHEN "recency > 365" THEN 'สาย' END
        ],
        LAMBDA label : NOT label IS NULL
      )
      ELSE ['none_at_all']
    END AS "marks"
  FROM "customer_tests"
), "customer_1_tests" AS (
  SELECT
    "customer_1".*,
    CASE WHEN "lifecycle" = 'churned' THEN TRUE ELSE FALSE END AS "lifecycle == churned",
    CASE WHEN "size" IS NULL THEN TRUE ELSE FALSE END AS "size is missing",
    CASE WHEN "size" = 'large' THEN TRUE ELSE FALSE END AS "size == large"
  FROM "customer_1"
), "customer_2" AS (
  SELECT
    "customer_1_tests".*,
    "lifecycle == churned" AS "lifecycle.churned",
    "lifecycle == churned" AS "churned_too",
    NOT "lifecycle == churned" AS "not_churned",
    CASE WHEN "lifecycle" = 'active' THEN TRUE ELSE FALSE END AS "lifecycle.active",
    CASE WHEN "lifecycle" IN ('lead', 'new') THEN TRUE ELSE FALSE END AS "in_two",
    CASE WHEN "lifecycle" = 'lead' THEN TRUE ELSE FALSE END AS "lifecycle.lead",
    CASE WHEN "lifecycle" = 'new' THEN TRUE ELSE FALSE END AS "lifecycle.new",
    NOT "size is missing" AS "sized",
    "size is missing" AS "unsized",
    "size == large" AS "large",
    NOT "size == large" AS "not_large",
    CASE WHEN "size" = 'small' THEN TRUE ELSE FALSE END AS "size.small",
    "size == large" AS "size.large",
    CASE WHEN LIST_HAS_ALL("groups", ['few', 'some']) THEN TRUE ELSE FALSE END AS "few_and_some",
    CASE WHEN LIST_CONTAINS("groups", 'some') THEN TRUE ELSE FALSE END AS "groups.some",
    CASE WHEN "groups" IS NULL THEN TRUE ELSE FALSE END AS "no_group",
    CASE WHEN LIST_CONTAINS("groups", 'few') THEN TRUE ELSE FALSE END AS "groups.few",
    CASE WHEN LIST_CONTAINS("groups", 'many') THEN TRUE ELSE FALSE END AS "groups.many",
    CASE WHEN LIST_CONTAINS("marks", 'none_at_all') THEN TRUE ELSE FALSE END AS "marks.none_at_all",
    CASE WHEN LIST_CONTAINS("marks", 'สาย') THEN TRUE ELSE FALSE END AS "marks.สาย",
    CASE WHEN LIST_CONTAINS("marks", 'late') THEN TRUE ELSE FALSE END AS "marks.late"
  FROM "customer_1_tests"
), "customer_3" AS (
  SELECT
    "customer_2".*,
    "lifecycle.churned" AS "churned",
    NOT "lifecycle.churned" AS "not_churned_too",
    "lifecycle.active" AS "active",
    "groups.some" AS "some",
    "marks.none_at_all" AS "unmarked",
    "marks.สาย" AS "very_late"
  FROM "customer_2"
)
SELECT
  "id",
  "churned",
  "churned_too",
  "not_churned",
  "not_churned_too",
  "active",
  "in_two",
  "sized",
  "unsized",
  "large",
  "not_large",
  "few_and_some",
  "some",
  "no_group",
  "unmarked",
  "very_late",
  "lifecycle.lead",
  "lifecycle.new",
  "lifecycle.churned",
  "lifecycle.active",
  "size.small",
  "size.large",
  "groups.few",
  "groups.some",
  "groups.many",
  "marks.late",
  "marks.สาย",
  "marks.none_at_all",
  "lifecycle",
  "size",
  "groups",
  "marks"
FROM "customer_3"
