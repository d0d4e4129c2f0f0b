-- The members of every segment of examples/webshop, worked out by hand and without segrules. `events` is a view that the test
-- makes. A step's place among those of its visitor is its number by second and then by row of the file.
with e as (
  select user_id as u, session_id as s, event, timestamp as t, platform, acquisition_channel,
         row_number() over (partition by user_id order by timestamp, row_no) as r
  from events
),
visitors as (
  select u, count(*) filter (where event = 'purchase') as purchases, arg_min(acquisition_channel, r) as channel,
         count(*) as n, count(*) filter (where hour(t) >= 18) as in_the_evening,
         count(distinct case when t >= '2024-05-06' then date_trunc('week', t) end) as weeks,
         count(*) filter (where t >= '2024-04-02' and t < '2024-06-01') as before, count(*) filter (where t >= '2024-06-01') as since
  from e group by u
),
-- how far each look at a product led, in any time and within an hour
step1 as (
  select u, r, t, span, most from e,
         (values ('ever', interval '10 years'), ('hour', interval '1 hour')) as spans(span, most)
  where event = 'product_view'
),
step2 as (
  select a.*, (select min(b.r) from e b where b.u = a.u and b.event = 'add_to_cart' and b.r > a.r and b.t <= a.t + a.most) as r2
  from step1 a
),
step3 as (
  select a.*, (select min(b.r) from e b where b.u = a.u and b.event = 'shipping_details' and b.r > a.r2 and b.t <= a.t + a.most) as r3
  from step2 a
),
step4 as (
  select a.*, (select min(b.r) from e b where b.u = a.u and b.event = 'payment_details' and b.r > a.r3 and b.t <= a.t + a.most) as r4
  from step3 a
),
step5 as (
  select a.*, (select min(b.r) from e b where b.u = a.u and b.event = 'purchase' and b.r > a.r4 and b.t <= a.t + a.most) as r5
  from step4 a
),
depths as (
  select u, span, max(1 + (r2 is not null)::int + (r3 is not null)::int + (r4 is not null)::int + (r5 is not null)::int) as depth
  from step5 group by u, span
),
depth as (
  select u, purchases, coalesce(max(case when span = 'ever' then depth end), 0) as ever,
         coalesce(max(case when span = 'hour' then depth end), 0) as hour
  from visitors left join depths using (u) group by u, purchases
),
streaks as (
  select u, count(*) as days from (
    select u, day - row_number() over (partition by u order by day)::int as run from (select distinct u, t::date as day from e)
  ) group by u, run
),
bursts as (
  select a.u, count(*) as n from e a join e b on b.u = a.u and b.t between a.t and a.t + interval '10 minutes'
  where a.event = 'product_view' and b.event = 'product_view' group by a.u, a.r
),
visits as (
  select u, s, min(t) as started, arg_min(platform, r) as platform, arg_max(event, r) as last_step,
         bool_or(event = 'purchase') as bought,
         bool_or(event in ('error_page', 'payment_error', 'checkout_bug')) as trouble,
         min(case when event = 'search' then r end) < max(case when event = 'purchase' then r end) as searched_first
  from e group by u, s
),
comers as (
  select u, count(*) as n, count(*) filter (where bought) as buying, arg_min(bought, started) as first_bought,
         arg_max(bought, started) as last_bought, arg_max(trouble, started) as last_trouble,
         count(*) filter (where last_step = 'search') as at_search
  from visits group by u
)
select 'checkout.' || case
         when purchases >= 1 then 'bought' when ever = 4 then 'left_at_payment' when ever = 3 then 'left_at_shipping'
         when ever = 2 then 'left_the_cart' when ever = 1 then 'looked' else 'passed_by'
       end, u
from depth
union all select 'quick_buyers', u from depth where hour = 5
union all select 'slow_buyers', u from depth where ever = 5 and hour < 5
union all select distinct 'straight_to_the_cart', a.u from e a join e b on b.u = a.u and b.r = a.r + 1
  where a.event = 'product_view' and b.event = 'add_to_cart'
union all select distinct 'error_after_error', a.u from e a join e b on b.u = a.u and b.r = a.r + 1
  where a.event = 'error_page' and b.event = 'error_page'
union all select distinct 'left_a_cart', a.u from e a where a.event = 'add_to_cart' and not exists (
  select 1 from e b where b.u = a.u and b.event = 'purchase' and b.r > a.r and b.t <= a.t + interval '24 hours')
union all select distinct 'gave_up_at_payment', a.u from e a where a.event = 'payment_error' and not exists (
  select 1 from e b where b.u = a.u and b.event = 'purchase' and b.r > a.r and b.t <= a.t + interval '7 days')
union all select distinct 'wish_came_true', a.u from e a join e b on b.u = a.u and b.r > a.r and b.t <= a.t + interval '7 days'
  where a.event = 'wishlist_add' and b.event = 'purchase'
union all select distinct 'chat_helped', a.u from e a join e b on b.u = a.u and b.r > a.r and b.t <= a.t + interval '2 hours'
  where a.event = 'support_chat' and b.event = 'purchase'
union all select distinct 'tried_payment_again', a.u from e a join e b on b.u = a.u and b.r > a.r and b.t <= a.t + interval '1 hour'
  where a.event = 'payment_error' and b.event = 'purchase'
union all select distinct 'searched_from_promo', a.u
  from e a join e b on b.u = a.u and b.r > a.r join e c on c.u = a.u and c.r > b.r and c.t <= a.t + interval '30 minutes'
  where a.event = 'promo_page' and b.event = 'search' and c.event = 'add_to_cart'
union all select distinct 'bought_without_reviews', a.u from e a join e c on c.u = a.u and c.r > a.r
  where a.event = 'product_view' and c.event = 'purchase' and not exists (
    select 1 from e b where b.u = a.u and b.event = 'review_page' and b.r > a.r and b.r < c.r)
union all select distinct 'three_days_running', u from streaks where days >= 3
union all select distinct 'window_shoppers', u from bursts join visitors using (u) where bursts.n >= 5 and purchases = 0
union all select 'regulars', u from visitors where weeks >= 3
union all select 'evening_people', u from visitors where 2 * in_the_evening >= n
union all select 'stopped', u from visitors where before > 0 and since = 0
union all select distinct 'back_after_a_month', a.u from e a join e b on b.u = a.u and b.r = a.r + 1
  where b.t::date - a.t::date >= 30
union all select 'most_active', u from visitors where n >= (select n from visitors order by n desc limit 1 offset 59)
union all select 'from_paid_search', u from visitors where channel = 'paid_search'
union all select 'come_but_do_not_buy', u from comers where n >= 8 and buying = 0
union all select 'converts_well', u from comers where n >= 3 and 2 * buying >= n
union all select 'bought_at_first_sight', u from comers where first_bought
union all select distinct 'found_and_bought', u from visits where searched_first
union all select distinct 'phone_first', a.u
  from visits a join visits b on b.u = a.u and b.started > a.started and b.started <= a.started + interval '7 days'
  where a.platform = 'mobile' and not a.bought and b.platform = 'desktop' and b.bought
union all select 'trouble_drove_away', u from comers where last_trouble and not last_bought
union all select 'leaves_at_search', u from comers where 2 * at_search >= n
