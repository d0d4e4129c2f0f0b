WITH "customer" AS (
  SELECT
    "mã khách",
    "order",
    "group by",
    "drop table customer; --",
    "O'Brien",
    "ประเทศ",
    "ארץ",
    "国家",
    "😀",
    "a.b",
    "%s {x} \n"
  FROM "customer"
), "where" AS (
  SELECT
    "mã khách",
    "from",
    "order",
    "số lượng",
    "table"
  FROM "where"
  WHERE
    "from" < CAST('2026-02-01' AS DATE)
), "where_by_mã khách" AS (
  SELECT
    "mã khách",
    CAST(SUM("số lượng") AS BIGINT) AS "จำนวน",
    BOOL_OR("table" = 'x' AND "order" = 1) AS "table",
    FIRST("table" ORDER BY "from" DESC, "order" DESC, "table" ASC) AS "last_table"
  FROM "where"
  GROUP BY
    "mã khách"
), "customer_1" AS (
  SELECT
    "customer".*,
    COALESCE("where_by_mã khách"."จำนวน", 0) AS "จำนวน",
    COALESCE("where_by_mã khách"."table", FALSE) AS "table",
    "where_by_mã khách"."last_table",
    CASE WHEN "customer"."ארץ" = 'ישראל' THEN TRUE ELSE FALSE END AS "לקוח",
    CASE WHEN "customer"."国家" IN ('中国', '台灣') THEN TRUE ELSE FALSE END AS "客户",
    CASE WHEN CONTAINS("customer"."ประเทศ", 'ไทย') THEN TRUE ELSE FALSE END AS "клиент",
    CASE WHEN "customer"."order" > 5 THEN TRUE ELSE FALSE END AS "order_2",
    CASE WHEN "customer"."group by" = 1 THEN TRUE ELSE FALSE END AS "group",
    CASE
      WHEN "customer"."drop table customer; --" = 1 AND "customer"."O'Brien" = 2
      THEN TRUE
      ELSE FALSE
    END AS "user",
    CASE WHEN "customer"."😀" = 1 THEN TRUE ELSE FALSE END AS "smile",
    CASE WHEN "customer"."a.b" = 1 THEN TRUE ELSE FALSE END AS "dotted",
    CASE WHEN "customer"."%s {x} \n" = 1 THEN TRUE ELSE FALSE END AS "percent",
    CASE
      WHEN "customer"."ประเทศ" = 'O''Brien; DROP TABLE customer; -- %s \n "'
      THEN TRUE
      ELSE FALSE
    END AS "text"
  FROM "customer"
  LEFT JOIN "where_by_mã khách"
    ON "customer"."mã khách" = "where_by_mã khách"."mã khách"
), "customer_2" AS (
  SELECT
    "customer_1".*,
    CASE WHEN "last_table" = 'z' THEN TRUE ELSE FALSE END AS "latest",
    CASE WHEN "จำนวน" >= 5 THEN TRUE ELSE FALSE END AS "ลูกค้าประจำ"
  FROM "customer_1"
)
SELECT
  "mã khách",
  "ลูกค้าประจำ",
  "לקוח",
  "客户",
  "клиент",
  "order_2" AS "order",
  "group",
  "user",
  "smile",
  "dotted",
  "percent",
  "text",
  "table",
  "latest",
  "จำนวน"
FROM "customer_2"
