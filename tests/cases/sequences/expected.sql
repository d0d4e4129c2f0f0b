WITH "user" AS (
  SELECT
    "id"
  FROM "user"
), "events" AS (
  SELECT
    "id",
    "at",
    "name"
  FROM "events"
  WHERE
    "at" < CAST('2026-01-31 23:00:00' AS TIMESTAMP)
), "events_bought_step_1" AS (
  SELECT
    "events".*,
    CASE WHEN "name" = 'view' THEN TRUE ELSE FALSE END AS "step 1",
    CASE WHEN "name" = 'pay' THEN TRUE ELSE FALSE END AS "step 2",
    0 AS "moment"
  FROM "events"
), "events_bought_picked" AS (
  SELECT
    *
  FROM "events_bought_step_1"
  WHERE
    "step 1" OR "step 2"
), "events_bought_start_2" AS (
  SELECT
    *,
    MAX(CASE WHEN "step 1" THEN "moment" END) OVER (
      PARTITION BY "id"
      ORDER BY "at" ASC NULLS FIRST
      GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS "start 2"
  FROM "events_bought_picked"
), "events_bought_start_2_looked_at" AS (
  SELECT
    *
  FROM "events_bought_start_2"
  WHERE
    NOT CASE WHEN "step 2" THEN "start 2" END IS NULL
), "events_bought_start_2_by_id" AS (
  SELECT
    "id",
    COUNT(*) > 0 AS "bought"
  FROM "events_bought_start_2_looked_at"
  GROUP BY
    "id"
), "events_bought_fast_step_1" AS (
  SELECT
    "events".*,
    CASE WHEN "name" = 'view' THEN TRUE ELSE FALSE END AS "step 1",
    CASE WHEN "name" = 'pay' THEN TRUE ELSE FALSE END AS "step 2",
    DATE_DIFF('microsecond', CAST('1970-01-01 00:00:00' AS TIMESTAMP), "at") AS "moment"
  FROM "events"
), "events_bought_fast_picked" AS (
  SELECT
    *
  FROM "events_bought_fast_step_1"
  WHERE
    "step 1" OR "step 2"
), "events_bought_fast_start_2" AS (
  SELECT
    *,
    MAX(CASE WHEN "step 1" THEN "moment" END) OVER (
      PARTITION BY "id"
      ORDER BY "at" ASC NULLS FIRST
      GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS "start 2"
  FROM "events_bought_fast_picked"
), "events_bought_fast_start_2_looked_at" AS (
  SELECT
    *
  FROM "events_bought_fast_start_2"
  WHERE
    (
      "moment" - CASE WHEN "step 2" THEN "start 2" END
    ) <= 3600000000
), "events_bought_fast_start_2_by_id" AS (
  SELECT
    "id",
    COUNT(*) > 0 AS "bought_fast"
  FROM "events_bought_fast_start_2_looked_at"
  GROUP BY
    "id"
), "events_at_once_step_1" AS (
  SELECT
    "events".*,
    CASE WHEN "name" = 'view' THEN TRUE ELSE FALSE END AS "step 1",
    CASE WHEN "name" = 'pay' THEN TRUE ELSE FALSE END AS "step 2",
    0 AS "moment"
  FROM "events"
), "events_at_once_start_2" AS (
  SELECT
    *,
    MAX(CASE WHEN "step 1" THEN "moment" END) OVER (
      PARTITION BY "id"
      ORDER BY "at" ASC NULLS FIRST
      GROUPS BETWEEN 1 PRECEDING AND 1 PRECEDING
    ) AS "start 2"
  FROM "events_at_once_step_1"
), "events_at_once_start_2_looked_at" AS (
  SELECT
    *
  FROM "events_at_once_start_2"
  WHERE
    NOT CASE WHEN "step 2" THEN "start 2" END IS NULL
), "events_at_once_start_2_by_id" AS (
  SELECT
    "id",
    COUNT(*) > 0 AS "at_once"
  FROM "events_at_once_start_2_looked_at"
  GROUP BY
    "id"
), "events_without_help_step_1" AS (
  SELECT
    "events".*,
    CASE WHEN "name" = 'view' THEN TRUE ELSE FALSE END AS "step 1",
    CASE WHEN "name" = 'help' THEN TRUE ELSE FALSE END AS "step 2",
    CASE WHEN "name" = 'pay' THEN TRUE ELSE FALSE END AS "step 3",
    0 AS "moment"
  FROM "events"
), "events_without_help_picked" AS (
  SELECT
    *
  FROM "events_without_help_step_1"
  WHERE
    "step 1" OR "step 2" OR "step 3"
), "events_without_help_forbidden_until_3" AS (
  SELECT
    *,
    COUNT(CASE WHEN "step 2" THEN 1 END) OVER (
      PARTITION BY "id"
      ORDER BY "at" ASC NULLS FIRST
      GROUPS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS "forbidden until 3",
    COUNT(CASE WHEN "step 2" THEN 1 END) OVER (
      PARTITION BY "id"
      ORDER BY "at" ASC NULLS FIRST
      GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS "forbidden before 3"
  FROM "events_without_help_picked"
), "events_without_help_best_3" AS (
  SELECT
    *,
    MAX(
      CASE
        WHEN NOT CASE WHEN "step 1" THEN "moment" END IS NULL
        THEN (
          CAST("forbidden until 3" AS DECIMAL(38, 0)) * 10000000000000000000
        ) + (
          CASE WHEN "step 1" THEN "moment" END + 1000000000000000000
        )
      END
    ) OVER (
      PARTITION BY "id"
      ORDER BY "at" ASC NULLS FIRST
      GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS "best 3"
  FROM "events_without_help_forbidden_until_3"
), "events_without_help_start_3" AS (
  SELECT
    "events_without_help_best_3".*,
    (
      "best 3" % NULLIF(10000000000000000000, 0)
    ) - 1000000000000000000 AS "start 3"
  FROM "events_without_help_best_3"
), "events_without_help_start_3_looked_at" AS (
  SELECT
    *
  FROM "events_without_help_start_3"
  WHERE
    NOT CASE
      WHEN "step 3"
      AND (
        "best 3" - (
          "best 3" % NULLIF(10000000000000000000, 0)
        )
      ) = (
        CAST("forbidden before 3" AS DECIMAL(38, 0)) * 10000000000000000000
      )
      THEN "start 3"
    END IS NULL
), "events_without_help_start_3_by_id" AS (
  SELECT
    "id",
    COUNT(*) > 0 AS "without_help"
  FROM "events_without_help_start_3_looked_at"
  GROUP BY
    "id"
), "events_abandoned_step_1" AS (
  SELECT
    "events".*,
    CASE WHEN "name" = 'cart' THEN TRUE ELSE FALSE END AS "step 1",
    CASE WHEN "name" = 'pay' THEN TRUE ELSE FALSE END AS "step 2",
    DATE_DIFF('microsecond', CAST('1970-01-01 00:00:00' AS TIMESTAMP), "at") AS "moment"
  FROM "events"
), "events_abandoned_picked" AS (
  SELECT
    *
  FROM "events_abandoned_step_1"
  WHERE
    "step 1" OR "step 2"
), "events_abandoned_next_forbidden" AS (
  SELECT
    *,
    MIN(CASE WHEN "step 2" THEN "moment" END) OVER (
      PARTITION BY "id"
      ORDER BY "at" ASC NULLS FIRST
      GROUPS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    ) AS "next forbidden"
  FROM "events_abandoned_picked"
), "events_abandoned_next_forbidden_looked_at" AS (
  SELECT
    *
  FROM "events_abandoned_next_forbidden"
  WHERE
    (
      "moment" - CASE WHEN "step 1" THEN "moment" END
    ) <= 86400000000
    AND (
      "next forbidden" IS NULL OR "next forbidden" > (
        "moment" + 86400000000
      )
    )
), "events_abandoned_next_forbidden_by_id" AS (
  SELECT
    "id",
    COUNT(*) > 0 AS "abandoned"
  FROM "events_abandoned_next_forbidden_looked_at"
  GROUP BY
    "id"
), "events_never_paid_step_1" AS (
  SELECT
    "events".*,
    CASE WHEN "name" = 'cart' THEN TRUE ELSE FALSE END AS "step 1",
    CASE WHEN "name" = 'pay' THEN TRUE ELSE FALSE END AS "step 2",
    0 AS "moment"
  FROM "events"
), "events_never_paid_picked" AS (
  SELECT
    *
  FROM "events_never_paid_step_1"
  WHERE
    "step 1" OR "step 2"
), "events_never_paid_forbidden_after" AS (
  SELECT
    *,
    COUNT(CASE WHEN "step 2" THEN 1 END) OVER (
      PARTITION BY "id"
      ORDER BY "at" ASC NULLS FIRST
      GROUPS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    ) AS "forbidden after"
  FROM "events_never_paid_picked"
), "events_never_paid_forbidden_after_looked_at" AS (
  SELECT
    *
  FROM "events_never_paid_forbidden_after"
  WHERE
    NOT CASE WHEN "step 1" THEN "moment" END IS NULL AND "forbidden after" = 0
), "events_never_paid_forbidden_after_by_id" AS (
  SELECT
    "id",
    COUNT(*) > 0 AS "never_paid"
  FROM "events_never_paid_forbidden_after_looked_at"
  GROUP BY
    "id"
), "events_left_after_two_step_1" AS (
  SELECT
    "events".*,
    CASE WHEN "name" = 'view' THEN TRUE ELSE FALSE END AS "step 1",
    CASE WHEN "name" = 'cart' THEN TRUE ELSE FALSE END AS "step 2",
    CASE WHEN "name" = 'pay' THEN TRUE ELSE FALSE END AS "step 3",
    DATE_DIFF('microsecond', CAST('1970-01-01 00:00:00' AS TIMESTAMP), "at") AS "moment"
  FROM "events"
), "events_left_after_two_picked" AS (
  SELECT
    *
  FROM "events_left_after_two_step_1"
  WHERE
    "step 1" OR "step 2" OR "step 3"
), "events_left_after_two_start_2" AS (
  SELECT
    *,
    MAX(CASE WHEN "step 1" THEN "moment" END) OVER (
      PARTITION BY "id"
      ORDER BY "at" ASC NULLS FIRST
      GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS "start 2",
    MIN(CASE WHEN "step 3" THEN "moment" END) OVER (
      PARTITION BY "id"
      ORDER BY "at" ASC NULLS FIRST
      GROUPS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    ) AS "next forbidden",
    MIN(CASE WHEN "step 1" THEN "moment" END) OVER (
      PARTITION BY "id"
      ORDER BY "moment" ASC NULLS FIRST
      RANGE BETWEEN 86400000000 PRECEDING AND CURRENT ROW
    ) AS "earliest"
  FROM "events_left_after_two_picked"
), "events_left_after_two_start_2_looked_at" AS (
  SELECT
    *
  FROM "events_left_after_two_start_2"
  WHERE
    (
      "moment" - CASE WHEN "step 2" THEN "start 2" END
    ) <= 86400000000
    AND (
      "next forbidden" IS NULL OR "next forbidden" > (
        "earliest" + 86400000000
      )
    )
), "events_left_after_two_start_2_by_id" AS (
  SELECT
    "id",
    COUNT(*) > 0 AS "left_after_two"
  FROM "events_left_after_two_start_2_looked_at"
  GROUP BY
    "id"
), "events_tests" AS (
  SELECT
    "events".*,
    CASE WHEN "at" >= CAST('2026-01-24 23:00:00' AS TIMESTAMP) THEN TRUE ELSE FALSE END AS "at >= 2026-01-24 23:00:00"
  FROM "events"
), "events_recently_step_1" AS (
  SELECT
    "events_tests".*,
    CASE WHEN "at >= 2026-01-24 23:00:00" AND "name" = 'view' THEN TRUE ELSE FALSE END AS "step 1",
    CASE WHEN "at >= 2026-01-24 23:00:00" AND "name" = 'pay' THEN TRUE ELSE FALSE END AS "step 2",
    0 AS "moment"
  FROM "events_tests"
), "events_recently_picked" AS (
  SELECT
    *
  FROM "events_recently_step_1"
  WHERE
    "step 1" OR "step 2"
), "events_recently_start_2" AS (
  SELECT
    *,
    MAX(CASE WHEN "step 1" THEN "moment" END) OVER (
      PARTITION BY "id"
      ORDER BY "at" ASC NULLS FIRST
      GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS "start 2"
  FROM "events_recently_picked"
), "events_recently_start_2_looked_at" AS (
  SELECT
    *
  FROM "events_recently_start_2"
  WHERE
    NOT CASE WHEN "step 2" THEN "start 2" END IS NULL
), "events_recently_start_2_by_id" AS (
  SELECT
    "id",
    COUNT(*) > 0 AS "recently"
  FROM "events_recently_start_2_looked_at"
  GROUP BY
    "id"
), "events_reached_step_1" AS (
  SELECT
    "events".*,
    CASE WHEN "name" = 'view' THEN TRUE ELSE FALSE END AS "step 1",
    CASE WHEN "name" = 'cart' THEN TRUE ELSE FALSE END AS "step 2",
    CASE WHEN "name" = 'pay' THEN TRUE ELSE FALSE END AS "step 3",
    0 AS "moment"
  FROM "events"
), "events_reached_picked" AS (
  SELECT
    *
  FROM "events_reached_step_1"
  WHERE
    "step 1" OR "step 2" OR "step 3"
), "events_reached_start_2" AS (
  SELECT
    *,
    MAX(CASE WHEN "step 1" THEN "moment" END) OVER (
      PARTITION BY "id"
      ORDER BY "at" ASC NULLS FIRST
      GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS "start 2"
  FROM "events_reached_picked"
), "events_reached_start_3" AS (
  SELECT
    *,
    MAX(CASE WHEN "step 2" THEN "start 2" END) OVER (
      PARTITION BY "id"
      ORDER BY "at" ASC NULLS FIRST
      GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS "start 3"
  FROM "events_reached_start_2"
), "events_reached_start_3_by_id" AS (
  SELECT
    "id",
    MAX(
      CASE
        WHEN NOT CASE WHEN "step 3" THEN "start 3" END IS NULL
        THEN 3
        WHEN NOT CASE WHEN "step 2" THEN "start 2" END IS NULL
        THEN 2
        WHEN NOT CASE WHEN "step 1" THEN "moment" END IS NULL
        THEN 1
      END
    ) AS "reached"
  FROM "events_reached_start_3"
  GROUP BY
    "id"
), "events_reached_fast_step_1" AS (
  SELECT
    "events".*,
    CASE WHEN "name" = 'view' THEN TRUE ELSE FALSE END AS "step 1",
    CASE WHEN "name" = 'cart' THEN TRUE ELSE FALSE END AS "step 2",
    CASE WHEN "name" = 'pay' THEN TRUE ELSE FALSE END AS "step 3",
    DATE_DIFF('microsecond', CAST('1970-01-01 00:00:00' AS TIMESTAMP), "at") AS "moment"
  FROM "events"
), "events_reached_fast_picked" AS (
  SELECT
    *
  FROM "events_reached_fast_step_1"
  WHERE
    "step 1" OR "step 2" OR "step 3"
), "events_reached_fast_start_2" AS (
  SELECT
    *,
    MAX(CASE WHEN "step 1" THEN "moment" END) OVER (
      PARTITION BY "id"
      ORDER BY "at" ASC NULLS FIRST
      GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS "start 2"
  FROM "events_reached_fast_picked"
), "events_reached_fast_start_3" AS (
  SELECT
    *,
    MAX(CASE WHEN "step 2" THEN "start 2" END) OVER (
      PARTITION BY "id"
      ORDER BY "at" ASC NULLS FIRST
      GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS "start 3"
  FROM "events_reached_fast_start_2"
), "events_reached_fast_start_3_by_id" AS (
  SELECT
    "id",
    MAX(
      CASE
        WHEN (
          "moment" - CASE WHEN "step 3" THEN "start 3" END
        ) <= 3600000000
        THEN 3
        WHEN (
          "moment" - CASE WHEN "step 2" THEN "start 2" END
        ) <= 3600000000
        THEN 2
        WHEN (
          "moment" - CASE WHEN "step 1" THEN "moment" END
        ) <= 3600000000
        THEN 1
      END
    ) AS "reached_fast"
  FROM "events_reached_fast_start_3"
  GROUP BY
    "id"
), "events_busiest_hour_moment" AS (
  SELECT
    "events".*,
    DATE_DIFF('microsecond', CAST('1970-01-01 00:00:00' AS TIMESTAMP), "at") AS "moment"
  FROM "events"
), "events_busiest_hour_counted" AS (
  SELECT
    *,
    COUNT(*) OVER (
      PARTITION BY "id"
      ORDER BY "moment" ASC NULLS FIRST
      RANGE BETWEEN 3600000000 PRECEDING AND CURRENT ROW
    ) AS "counted"
  FROM "events_busiest_hour_moment"
), "events_busiest_hour_counted_by_id" AS (
  SELECT
    "id",
    MAX("counted") AS "busiest_hour"
  FROM "events_busiest_hour_counted"
  GROUP BY
    "id"
), "events_busiest_views_picked" AS (
  SELECT
    *
  FROM "events"
  WHERE
    "at" >= CAST('2026-01-01 23:00:00' AS TIMESTAMP) AND "name" = 'view'
), "events_busiest_views_moment" AS (
  SELECT
    "events_busiest_views_picked".*,
    DATE_DIFF('microsecond', CAST('1970-01-01 00:00:00' AS TIMESTAMP), "at") AS "moment"
  FROM "events_busiest_views_picked"
), "events_busiest_views_counted" AS (
  SELECT
    *,
    COUNT(*) OVER (
      PARTITION BY "id"
      ORDER BY "moment" ASC NULLS FIRST
      RANGE BETWEEN 3600000000 PRECEDING AND CURRENT ROW
    ) AS "counted"
  FROM "events_busiest_views_moment"
), "events_busiest_views_counted_by_id" AS (
  SELECT
    "id",
    MAX("counted") AS "busiest_views"
  FROM "events_busiest_views_counted"
  GROUP BY
    "id"
), "events_night_streak_picked" AS (
  SELECT
    *
  FROM "events"
  WHERE
    "name" = 'view'
    AND NOT CAST("at" AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Paris' AS DATE) IS NULL
), "events_night_streak_number" AS (
  SELECT
    "events_night_streak_picked".*,
    DATE_DIFF(
      'day',
      CAST('1970-01-01' AS DATE),
      CAST("at" AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Paris' AS DATE)
    ) AS "number"
  FROM "events_night_streak_picked"
), "events_night_streak_numbers" AS (
  SELECT
    "id",
    "number"
  FROM "events_night_streak_number"
  GROUP BY
    "id",
    "number"
), "events_night_streak_place" AS (
  SELECT
    *,
    ROW_NUMBER() OVER (PARTITION BY "id" ORDER BY "number" ASC NULLS FIRST) AS "place"
  FROM "events_night_streak_numbers"
), "events_night_streak_streak" AS (
  SELECT
    "events_night_streak_place".*,
    "number" - "place" AS "streak"
  FROM "events_night_streak_place"
), "events_night_streak_streaks" AS (
  SELECT
    "id",
    "streak",
    COUNT(*) AS "length"
  FROM "events_night_streak_streak"
  GROUP BY
    "id",
    "streak"
), "events_night_streak_streaks_by_id" AS (
  SELECT
    "id",
    MAX("length") AS "night_streak"
  FROM "events_night_streak_streaks"
  GROUP BY
    "id"
), "lines" AS (
  SELECT
    "id",
    "day",
    "number",
    "name",
    "amount",
    "gift"
  FROM "lines"
  WHERE
    "day" < CAST('2026-02-01' AS DATE)
), "lines_with_previous" AS (
  SELECT
    *,
    MIN("day") OVER (
      PARTITION BY "id"
      ORDER BY "day" ASC NULLS FIRST, "number" ASC NULLS FIRST
      GROUPS BETWEEN 1 PRECEDING AND 1 PRECEDING
    ) AS "previous day",
    MIN("amount") OVER (
      PARTITION BY "id"
      ORDER BY "day" ASC NULLS FIRST, "number" ASC NULLS FIRST
      GROUPS BETWEEN 1 PRECEDING AND 1 PRECEDING
    ) AS "previous amount",
    BOOL_AND(CAST("gift" AS BOOLEAN)) OVER (
      PARTITION BY "id"
      ORDER BY "day" ASC NULLS FIRST, "number" ASC NULLS FIRST
      GROUPS BETWEEN 1 PRECEDING AND 1 PRECEDING
    ) AS "previous gift",
    MIN("name") OVER (
      PARTITION BY "id"
      ORDER BY "day" ASC NULLS FIRST, "number" ASC NULLS FIRST
      GROUPS BETWEEN 1 PRECEDING AND 1 PRECEDING
    ) AS "previous name"
  FROM "lines"
), "lines_two_lines_step_1" AS (
  SELECT
    "lines_with_previous".*,
    CASE WHEN "name" = 'a' THEN TRUE ELSE FALSE END AS "step 1",
    CASE WHEN "name" = 'b' THEN TRUE ELSE FALSE END AS "step 2",
    DATE_DIFF('day', CAST('1970-01-01' AS DATE), "day") * 86400000000 AS "moment"
  FROM "lines_with_previous"
), "lines_two_lines_picked" AS (
  SELECT
    *
  FROM "lines_two_lines_step_1"
  WHERE
    "step 1" OR "step 2"
), "lines_two_lines_start_2" AS (
  SELECT
    *,
    MAX(CASE WHEN "step 1" THEN "moment" END) OVER (
      PARTITION BY "id"
      ORDER BY "day" ASC NULLS FIRST, "number" ASC NULLS FIRST
      GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS "start 2"
  FROM "lines_two_lines_picked"
), "lines_two_lines_start_2_looked_at" AS (
  SELECT
    *
  FROM "lines_two_lines_start_2"
  WHERE
    (
      "moment" - CASE WHEN "step 2" THEN "start 2" END
    ) <= 0
), "lines_two_lines_start_2_by_id" AS (
  SELECT
    "id",
    COUNT(*) > 0 AS "two_lines"
  FROM "lines_two_lines_start_2_looked_at"
  GROUP BY
    "id"
), "lines_week_of_days_step_1" AS (
  SELECT
    "lines_with_previous".*,
    CASE WHEN "name" = 'a' THEN TRUE ELSE FALSE END AS "step 1",
    CASE WHEN "name" = 'b' THEN TRUE ELSE FALSE END AS "step 2",
    DATE_DIFF('day', CAST('1970-01-01' AS DATE), "day") * 86400000000 AS "moment"
  FROM "lines_with_previous"
), "lines_week_of_days_picked" AS (
  SELECT
    *
  FROM "lines_week_of_days_step_1"
  WHERE
    "step 1" OR "step 2"
), "lines_week_of_days_start_2" AS (
  SELECT
    *,
    MAX(CASE WHEN "step 1" THEN "moment" END) OVER (
      PARTITION BY "id"
      ORDER BY "day" ASC NULLS FIRST, "number" ASC NULLS FIRST
      GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS "start 2"
  FROM "lines_week_of_days_picked"
), "lines_week_of_days_start_2_looked_at" AS (
  SELECT
    *
  FROM "lines_week_of_days_start_2"
  WHERE
    (
      "moment" - CASE WHEN "step 2" THEN "start 2" END
    ) <= 604800000000
), "lines_week_of_days_start_2_by_id" AS (
  SELECT
    "id",
    COUNT(*) > 0 AS "week_of_days"
  FROM "lines_week_of_days_start_2_looked_at"
  GROUP BY
    "id"
), "lines_with_previous_by_id" AS (
  SELECT
    "id",
    BOOL_OR(DATE_DIFF('day', "previous day", "day") >= 30) AS "came_back",
    BOOL_OR("amount" > "previous amount") AS "grew",
    BOOL_OR("previous gift") AS "gift_before",
    MEDIAN(DATE_DIFF('day', "previous day", "day")) AS "usual_gap",
    FIRST("previous name" ORDER BY "day" DESC, "number" DESC, "previous name" ASC) AS "last_before"
  FROM "lines_with_previous"
  GROUP BY
    "id"
), "lines_busiest_days_moment" AS (
  SELECT
    "lines_with_previous".*,
    DATE_DIFF('day', CAST('1970-01-01' AS DATE), "day") * 86400000000 AS "moment"
  FROM "lines_with_previous"
), "lines_busiest_days_counted" AS (
  SELECT
    *,
    COUNT(*) OVER (
      PARTITION BY "id"
      ORDER BY "moment" ASC NULLS FIRST
      RANGE BETWEEN 172800000000 PRECEDING AND CURRENT ROW
    ) AS "counted"
  FROM "lines_busiest_days_moment"
), "lines_busiest_days_counted_by_id" AS (
  SELECT
    "id",
    MAX("counted") AS "busiest_days"
  FROM "lines_busiest_days_counted"
  GROUP BY
    "id"
), "lines_day_streak_picked" AS (
  SELECT
    *
  FROM "lines_with_previous"
  WHERE
    NOT "day" IS NULL
), "lines_day_streak_number" AS (
  SELECT
    "lines_day_streak_picked".*,
    DATE_DIFF('day', CAST('1970-01-01' AS DATE), "day") AS "number_2"
  FROM "lines_day_streak_picked"
), "lines_day_streak_numbers" AS (
  SELECT
    "id",
    "number_2"
  FROM "lines_day_streak_number"
  GROUP BY
    "id",
    "number_2"
), "lines_day_streak_place" AS (
  SELECT
    *,
    ROW_NUMBER() OVER (PARTITION BY "id" ORDER BY "number_2" ASC NULLS FIRST) AS "place"
  FROM "lines_day_streak_numbers"
), "lines_day_streak_streak" AS (
  SELECT
    "lines_day_streak_place".*,
    "number_2" - "place" AS "streak"
  FROM "lines_day_streak_place"
), "lines_day_streak_streaks" AS (
  SELECT
    "id",
    "streak",
    COUNT(*) AS "length"
  FROM "lines_day_streak_streak"
  GROUP BY
    "id",
    "streak"
), "lines_day_streak_streaks_by_id" AS (
  SELECT
    "id",
    MAX("length") AS "day_streak"
  FROM "lines_day_streak_streaks"
  GROUP BY
    "id"
), "lines_number_streak_picked" AS (
  SELECT
    *
  FROM "lines_with_previous"
  WHERE
    "day" >= CAST('2026-01-25' AS DATE) AND "amount" > 1 AND NOT "number" IS NULL
), "lines_number_streak_number" AS (
  SELECT
    "lines_number_streak_picked".*,
    "number" AS "number_2"
  FROM "lines_number_streak_picked"
), "lines_number_streak_numbers" AS (
  SELECT
    "id",
    "number_2"
  FROM "lines_number_streak_number"
  GROUP BY
    "id",
    "number_2"
), "lines_number_streak_place" AS (
  SELECT
    *,
    ROW_NUMBER() OVER (PARTITION BY "id" ORDER BY "number_2" ASC NULLS FIRST) AS "place"
  FROM "lines_number_streak_numbers"
), "lines_number_streak_streak" AS (
  SELECT
    "lines_number_streak_place".*,
    "number_2" - "place" AS "streak"
  FROM "lines_number_streak_place"
), "lines_number_streak_streaks" AS (
  SELECT
    "id",
    "streak",
    COUNT(*) AS "length"
  FROM "lines_number_streak_streak"
  GROUP BY
    "id",
    "streak"
), "lines_number_streak_streaks_by_id" AS (
  SELECT
    "id",
    MAX("length") AS "number_streak"
  FROM "lines_number_streak_streaks"
  GROUP BY
    "id"
), "steps" AS (
  SELECT
    "id",
    "number",
    "name"
  FROM "steps"
), "steps_by_number_step_1" AS (
  SELECT
    "steps".*,
    CASE WHEN "name" = 'a' THEN TRUE ELSE FALSE END AS "step 1",
    CASE WHEN "name" = 'b' THEN TRUE ELSE FALSE END AS "step 2",
    0 AS "moment"
  FROM "steps"
), "steps_by_number_start_2" AS (
  SELECT
    *,
    MAX(CASE WHEN "step 1" THEN "moment" END) OVER (
      PARTITION BY "id"
      ORDER BY "number" ASC NULLS FIRST
      GROUPS BETWEEN 1 PRECEDING AND 1 PRECEDING
    ) AS "start 2"
  FROM "steps_by_number_step_1"
), "steps_by_number_start_2_looked_at" AS (
  SELECT
    *
  FROM "steps_by_number_start_2"
  WHERE
    NOT CASE WHEN "step 2" THEN "start 2" END IS NULL
), "steps_by_number_start_2_by_id" AS (
  SELECT
    "id",
    COUNT(*) > 0 AS "by_number"
  FROM "steps_by_number_start_2_looked_at"
  GROUP BY
    "id"
), "user_1" AS (
  SELECT
    "user".*,
    COALESCE("events_bought_start_2_by_id"."bought", FALSE) AS "bought",
    COALESCE("events_bought_fast_start_2_by_id"."bought_fast", FALSE) AS "bought_fast",
    COALESCE("events_at_once_start_2_by_id"."at_once", FALSE) AS "at_once",
    COALESCE("events_without_help_start_3_by_id"."without_help", FALSE) AS "without_help",
    COALESCE("events_abandoned_next_forbidden_by_id"."abandoned", FALSE) AS "abandoned",
    COALESCE("events_never_paid_forbidden_after_by_id"."never_paid", FALSE) AS "never_paid",
    COALESCE("events_left_after_two_start_2_by_id"."left_after_two", FALSE) AS "left_after_two",
    COALESCE("events_recently_start_2_by_id"."recently", FALSE) AS "recently",
    COALESCE("events_reached_start_3_by_id"."reached", 0) AS "reached",
    COALESCE("events_reached_fast_start_3_by_id"."reached_fast", 0) AS "reached_fast",
    COALESCE("events_busiest_hour_counted_by_id"."busiest_hour", 0) AS "busiest_hour",
    COALESCE("events_busiest_views_counted_by_id"."busiest_views", 0) AS "busiest_views",
    COALESCE("events_night_streak_streaks_by_id"."night_streak", 0) AS "night_streak",
    COALESCE("lines_two_lines_start_2_by_id"."two_lines", FALSE) AS "two_lines",
    COALESCE("lines_week_of_days_start_2_by_id"."week_of_days", FALSE) AS "week_of_days",
    COALESCE("lines_with_previous_by_id"."came_back", FALSE) AS "came_back",
    COALESCE("lines_with_previous_by_id"."grew", FALSE) AS "grew",
    COALESCE("lines_with_previous_by_id"."gift_before", FALSE) AS "gift_before",
    "lines_with_previous_by_id"."usual_gap",
    "lines_with_previous_by_id"."last_before",
    COALESCE("lines_busiest_days_counted_by_id"."busiest_days", 0) AS "busiest_days",
    COALESCE("lines_day_streak_streaks_by_id"."day_streak", 0) AS "day_streak",
    COALESCE("lines_number_streak_streaks_by_id"."number_streak", 0) AS "number_streak",
    COALESCE("steps_by_number_start_2_by_id"."by_number", FALSE) AS "by_number"
  FROM "user"
  LEFT JOIN "events_bought_start_2_by_id"
    ON "user"."id" = "events_bought_start_2_by_id"."id"
  LEFT JOIN "events_bought_fast_start_2_by_id"
    ON "user"."id" = "events_bought_fast_start_2_by_id"."id"
  LEFT JOIN "events_at_once_start_2_by_id"
    ON "user"."id" = "events_at_once_start_2_by_id"."id"
  LEFT JOIN "events_without_help_start_3_by_id"
    ON "user"."id" = "events_without_help_start_3_by_id"."id"
  LEFT JOIN "events_abandoned_next_forbidden_by_id"
    ON "user"."id" = "events_abandoned_next_forbidden_by_id"."id"
  LEFT JOIN "events_never_paid_forbidden_after_by_id"
    ON "user"."id" = "events_never_paid_forbidden_after_by_id"."id"
  LEFT JOIN "events_left_after_two_start_2_by_id"
    ON "user"."id" = "events_left_after_two_start_2_by_id"."id"
  LEFT JOIN "events_recently_start_2_by_id"
    ON "user"."id" = "events_recently_start_2_by_id"."id"
  LEFT JOIN "events_reached_start_3_by_id"
    ON "user"."id" = "events_reached_start_3_by_id"."id"
  LEFT JOIN "events_reached_fast_start_3_by_id"
    ON "user"."id" = "events_reached_fast_start_3_by_id"."id"
  LEFT JOIN "events_busiest_hour_counted_by_id"
    ON "user"."id" = "events_busiest_hour_counted_by_id"."id"
  LEFT JOIN "events_busiest_views_counted_by_id"
    ON "user"."id" = "events_busiest_views_counted_by_id"."id"
  LEFT JOIN "events_night_streak_streaks_by_id"
    ON "user"."id" = "events_night_streak_streaks_by_id"."id"
  LEFT JOIN "lines_two_lines_start_2_by_id"
    ON "user"."id" = "lines_two_lines_start_2_by_id"."id"
  LEFT JOIN "lines_week_of_days_start_2_by_id"
    ON "user"."id" = "lines_week_of_days_start_2_by_id"."id"
  LEFT JOIN "lines_with_previous_by_id"
    ON "user"."id" = "lines_with_previous_by_id"."id"
  LEFT JOIN "lines_busiest_days_counted_by_id"
    ON "user"."id" = "lines_busiest_days_counted_by_id"."id"
  LEFT JOIN "lines_day_streak_streaks_by_id"
    ON "user"."id" = "lines_day_streak_streaks_by_id"."id"
  LEFT JOIN "lines_number_streak_streaks_by_id"
    ON "user"."id" = "lines_number_streak_streaks_by_id"."id"
  LEFT JOIN "steps_by_number_start_2_by_id"
    ON "user"."id" = "steps_by_number_start_2_by_id"."id"
)
SELECT
  "id",
  "bought",
  "bought_fast",
  "at_once",
  "without_help",
  "abandoned",
  "never_paid",
  "left_after_two",
  "recently",
  "two_lines",
  "week_of_days",
  "by_number",
  "came_back",
  "grew",
  "gift_before",
  "reached",
  "reached_fast",
  "busiest_hour",
  "busiest_views",
  "busiest_days",
  "day_streak",
  "night_streak",
  "number_streak",
  "usual_gap",
  "last_before"
FROM "user_1"
