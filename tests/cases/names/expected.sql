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
    COALESCE("customer"."ארץ" = 'ישראל', FALSE) AS "לקוח",
    COALESCE("customer"."国家" IN ('中国', '台灣'), FALSE) AS "客户",
    COALESCE(CONTAINS("customer"."ประเทศ", 'ไทย'), FALSE) AS "клиент",
    COALESCE("customer"."order" > 5, FALSE) AS "order_2",
    COALESCE("customer"."group by" = 1, FALSE) AS "group",
    COALESCE("customer"."drop table customer; --" = 1 AND "customer"."O'Brien" = 2, FALSE) AS "user",
    COALESCE("customer"."😀" = 1, FALSE) AS "smile",
    COALESCE("customer"."a.b" = 1, FALSE) AS "dotted",
    COALESCE("customer"."%s {x} \n" = 1, FALSE) AS "percent",
    COALESCE("customer"."ประเทศ" = 'O''Brien; DROP TABLE customer; -- %s \n "', FALSE) AS "text"
  FROM "customer"
  LEFT JOIN "where_by_mã khách"
    ON "customer"."mã khách" = "where_by_mã khách"."mã khách"
), "customer_2" AS (
  SELECT
    "customer_1".*,
    COALESCE("last_table" = 'z', FALSE) AS "latest",
    "จำนวน" >= 5 AS "ลูกค้าประจำ"
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
