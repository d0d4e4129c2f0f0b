-- RFM segments and lifecycle of examples/cdnow, written by hand: a score is the number of cuts (at sixths of the buyers) below
-- a value.
with buyers as (
  select customer_id, date '1998-06-30' - max(order_date) as days, count(*) as n, sum(cast(amount as decimal(8,2))) as total,
         min(order_date) as first_day, count(*) filter (where order_date > date '1997-06-30') as n_of_a_year
  from orders group by customer_id
),
cuts as (
  select unnest(quantile_cont(-days, [1 / 6.0, 2 / 6.0, 3 / 6.0, 4 / 6.0, 5 / 6.0])) as recency,
         unnest(quantile_cont(n, [1 / 6.0, 2 / 6.0, 3 / 6.0, 4 / 6.0, 5 / 6.0])) as frequency,
         unnest(quantile_cont(cast(total as double), [1 / 6.0, 2 / 6.0, 3 / 6.0, 4 / 6.0, 5 / 6.0])) as money
  from buyers
),
scores as (
  select customer_id, days, first_day, n_of_a_year,
         (select count(*) from cuts where recency < -days) as r,
         ((select count(*) from cuts where frequency < n) + (select count(*) from cuts where money < total)) / 2.0 as v
  from buyers
)
select 'rfm_segment.' || case
         when r >= 4 and v >= 4 then 'champions'
         when r >= 4 and v <= 1 then 'recent_customers'
         when r in (3, 4) and v <= 1 then 'promising'
         when r in (2, 3) and v >= 2 and v <= 3 then 'needing_attention'
         when r <= 1 and v >= 4 then 'cant_lose_them'
         when r in (1, 2) and v >= 1 and v <= 2 then 'hibernating'
         when r in (2, 3) and v <= 2 then 'about_to_sleep'
         when r >= 3 and v >= 1 and v <= 3 then 'potential_loyalists'
         when r <= 2 and v <= 2 then 'lost'
         when r >= 2 and v >= 3 then 'loyal_customers'
         when r <= 2 and v >= 2 then 'at_risk_customers'
       end, customer_id
from scores
union all
select 'lifecycle.' || case
         when days > 365 then 'churned'
         when days > 120 then 'at_risk'
         when first_day > date '1998-05-01' then 'new'
         when n_of_a_year >= 4 then 'loyal'
         else 'regular'
       end, customer_id
from scores
