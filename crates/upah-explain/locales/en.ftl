# English, beside the Bahasa Indonesia of id.ftl, which comes first: the same keys, the same claims.
#
# One sentence says one thing, in at most fifteen words, with one figure.

-calm = You need to do nothing.
-new-file = Put it into a new wage list and ask for approval.
-other-account = Or give the employer's office another account in your name.
-tell-office = Then tell the employer's office.
-no-resend = Do not pay in another way before this is clear.
-disnaker = If they do not answer, see a job counsellor at Disnaker.

## Address and time

you = { $audience ->
    [worker] you
   *[other] the worker
}
your = { $audience ->
    [worker] your
   *[other] the worker's
}
two-people = two people
named-people = { $first } and { $second }
notice-sandbox = UJI COBA (a trial): this is practice, not a real payment.
when = { $date } at { $clock } WIB
date = { $day } { $month } { $year }
period-day = { $date }
period-week = the week of { $date }
period-month = { $month } { $year }
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

## Where money can be

place-bank = { $bank } account { $tail }
place-bank-untold = account at the bank with code { $bank } { $tail }
place-ewallet = { $wallet } wallet { $tail }
place-phone = the bank account of phone { $tail }
place-email = the bank account of e-mail { $tail }
place-qris = QRIS code { $tail }
place-untold = the destination recorded at that time

## Headline

headline-awaiting_approval = { $name }: pay for { $period } waits for approval.
headline-ready = { $name }: pay for { $period } is ready to be sent.
headline-sending = { $name }: pay for { $period } is being sent.
headline-pending = { $way ->
    [sheet] { $name }: pay for { $period } waits on the QRIS sheet.
   *[bank] { $name }: the bank works on pay for { $period }.
}
headline-unknown = { $name }: no clear answer yet about pay for { $period }.
headline-settled = { $excess ->
    [yes] { $name }: pay for { $period } arrived more than once.
   *[no] { $proof ->
        [people] { $name }: people say pay for { $period } arrived.
       *[bank] { $name }: pay for { $period } has arrived.
    }
}
headline-refused = { $name }: the bank refused pay for { $period }.
headline-returned = { $name }: pay for { $period } was sent and came back.
headline-needs_action = { $money ->
    [with_worker] { $name }: pay for { $period } has arrived, please check.
   *[other] { $name }: pay for { $period } is stuck and needs help.
}
headline-cancelled = { $name }: the employer stopped pay for { $period }.

## The money as a picture

picture-title = In cash it would be:
picture-notes = { $many ->
    [one] { $count } note of { $value }
   *[more] { $count } notes of { $value }
}
picture-coins = { $many ->
    [one] { $count } coin of { $value }
   *[more] { $count } coins of { $value }
}
picture-rest = The rest, { $rest } ({ $words } rupiah), is less than the smallest coin.

## Questions

question-amount = Why is my pay this much?
question-where = Where is my money?
question-fee = Who pays the fee?
question-failed = Why did it fail, and what do I do?
question-genuine = Is this slip genuine?

## Why this much

amount-employer = Employer: { $employer }.
amount-period = This wage is for { $period }.
amount-component = Part of the pay: { $kind }.
amount-net = Amount of this wage: { $amount }.
amount-words = In Indonesian words: { $words } rupiah.
amount-no_breakdown = The employer states this amount without a breakdown.
amount-gross = All earnings together: { $amount }.
amount-deducted = All deductions together: { $amount }.
line-earning-stated = { $kind }: { $amount }, according to the employer.
line-earning-computed = { $kind }: { $formula }.
line-deduction-stated = Deduction, { $kind }: { $amount }, according to the employer.
line-deduction-computed = Deduction, { $kind }: { $formula }.
line-rule = The rule of the calculation: { $rule }.
line-input = { $input }: { $value }, according to the employer.

kind-wage = wage
kind-base = base pay
kind-commission = commission
kind-bonus = bonus
kind-incentive = incentive
kind-overtime = overtime pay
kind-delivery = delivery pay
kind-meal = meal money
kind-transport = transport money
kind-thr = holiday allowance
kind-shu = share of the cooperative's surplus
kind-savings = savings
kind-loan = loan instalment
kind-advance = wage advance
kind-dues = dues
kind-tax = tax
kind-bpjs = BPJS contribution
kind-fee = fee
kind-admin = administration fee
kind-transfer-fee = transfer fee
kind-other = “{ $kind }”

## Where the money is

state-awaiting_approval = This wage was not sent because it waits for approval.
state-ready = This wage is ready to be sent and was not sent yet.
state-sending = The payment order was made. The bank's answer is awaited.
state-pending = { $way ->
    [sheet] Its QRIS code is on the sheet. The employer pays it with a phone.
   *[bank] The bank took the payment order. The bank is working on it.
}
state-unknown = The bank has not answered clearly. The wage system keeps asking the bank. Meanwhile the money is never sent twice.
state-settled = This wage is recorded as paid.
state-refused = The bank refused this payment order.
state-returned = This wage was sent, and then the money came back.
state-needs_action = This payment has stopped for now and waits for a person's help.
state-cancelled = The employer stopped this payment.

money-with_payer = { $state ->
    [cancelled] The money for this wage did not leave the employer's account.
   *[other] The money for this wage has not left the employer's account.
}
money-came_back = The money is back in the employer's account.
money-unclear = It is not certain where the money is. It may already be in { $place }.
money-excess = Money arrived more than once. The excess is { $amount }.
money-returned = Money that came back: { $amount }.
money-returned_differs = That differs from the wage that was sent. The employer has to find the difference.
money-returned_untold = The bank has not said how much came back.

proof-statement = The money has arrived, according to the bank's account statement.
proof-signed_callback = The money has arrived, according to a signed message from the bank.
proof-tls_response = The money has arrived, according to the bank's answer.
proof-people = The money has arrived according to { $people }, not according to the bank.

where-goal = Destination on record: { $place }.
where-due = This wage should be paid by { $date }.
where-due_late = The money arrived after that date.
where-due_passed = That date has passed, and the money is not recorded as arrived.
where-payment = Payment number: { $payment }.
where-reinstructed = The employer has renewed the data of this wage.

name-match = The account holder's name agrees with the name on the wage list.
name-close = The account holder's name is close to the name on the wage list.
name-differs = The account holder's name differs from the name on the wage list.
name-not_supported = The bank does not tell the account holder's name.
name-likeness = The two names agree to { $score } percent.
name-because-same_words = Both names have the same words.
name-because-words_missing = One name has words that the other leaves out.
name-because-written_together = Only the spaces between the words differ.
name-because-other_spelling = A word is shortened or spelt in another way.
name-because-initial = A word is shown by its first letter only.
name-because-masked = The bank hides letters; those that it shows agree.
name-because-words_differ = Some words of the names have nothing in common.

## Why this way

way-waits = The route “{ $rail }” is closed now. It opens on { $when }.
way-order = Of the routes that fit, the employer names this one first.
way-cheapest = Of the routes that fit, this one costs least.
way-cost = A transfer over it costs { $fee }.
way-over_limit = The route “{ $rail }” does not pay so much at once.
way-under_limit = The route “{ $rail }” does not pay so little.
way-closed = The route “{ $rail }” was closed at that time.
way-dearer = The route “{ $rail }” costs more, or its cost is not known.
way-later = The employer names the route “{ $rail }” later.

## What happened, in order

timeline-none = { $state ->
    [cancelled] There is no payment order for this wage.
   *[other] There is no payment order for this wage yet.
}
timeline-made = { $when }: a payment order was made over the route “{ $rail }”.
timeline-place = Destination of that order: { $place }.
timeline-reference = Its reference number: { $reference }.
timeline-resent = { $when }: the same order was sent again.
timeline-asked = { $when }: the wage system asked the bank.
timeline-asked_count = Questions since it was last sent: { $count }.
timeline-not_found = { $when }: the bank had not found that order.
timeline-settled_at = { $when }: the money was recorded as arrived.
timeline-booked_debit = { $date }: the bank's account statement shows this payment.
timeline-booked_credit = { $date }: the bank's account statement shows this money coming back.
timeline-booked_other = The bank's account statement shows another amount: { $booked }.
timeline-resolved_settled = { $when }: { $people } stated that the money arrived.
timeline-resolved_refused = { $when }: { $people } stated that nothing was sent.
result-sending = The bank's answer is awaited.
result-not_sent = It is proved that the order was not carried out yet.
result-pending = { $way ->
    [sheet] There is no evidence yet that the code was paid.
   *[bank] The bank took that order and is working on it.
}
result-unknown = The bank has not answered clearly.
result-refused = That order is recorded as not carried out.
result-returned = The money of that order came back.
result-disputed = What the bank says about that order does not agree.
detail-provider_id = The bank's own number: { $id }.
detail-code = The bank's answer code: { $code }.
detail-grade-statement = Evidence: a line of the account statement.
detail-grade-signed_callback = Evidence: a message with the bank's digital signature.
detail-grade-tls_response = Evidence: the bank's answer over a secured connection, without a signature.
detail-grade-people = Evidence: the word of two people, with a file.
detail-because = Their reason: “{ $words }”.
detail-file = The fingerprint of their file: { $digest }.
detail-cause = Cause code: { $code }.

## The fee

fee-bearer = The employer bears the transfer fee.
fee-amount = The fee of one transfer: { $amount }.
fee-unknown = The size of the fee is not known yet.
fee-asked = The bank is asked to charge the transfer fee to the employer.
fee-conflict = But the office's settings name another bearer. Ask the employer about this.
fee-deducted = But { $part } was taken from this wage for { $kind }. Ask the employer's office why.
fee-ask = { $audience ->
    [worker] If they do not answer, see a job counsellor at Disnaker.
   *[other] The worker may ask a job counsellor at Disnaker.
}
fee-above_cap = That is more than a BI-FAST transfer between banks. It costs at most { $cap } a transfer.

## Failed or not

failed-nothing = { $proof ->
    [people] No failure is on record.
   *[bank] Nothing failed.
}
failed-no_longer = An earlier payment order did not succeed, but the wage is recorded as paid.
failed-not_yet = Nothing has failed so far.
failed-unsure = It is not certain that it failed.
step-who = Who has to act: { $who }.
step-by = By { $date } at the latest.
step-news = There should be news by { $date }.
step-no_date = No date has been set for this.

who-worker = { $audience ->
    [worker] you
   *[other] the worker
}
who-employer = { $audience ->
    [employer] you, the employer
   *[other] the employer's office
}
who-provider = the bank
who-upah = the wage system of the employer's office
who-nobody = nobody

## Causes

cause-invalid_account = The number of { $your } account or wallet was not found.
cause-inactive_account = { $audience ->
    [worker] Your account or wallet is closed or not active.
   *[other] The worker's account or wallet is closed or not active.
}
cause-dormant_account = { $audience ->
    [worker] Your account is suspended because it was not used for long.
   *[other] The worker's account is suspended because it was not used for long.
}
cause-account_declined = The receiving bank declined because of the state of { $your } account.
cause-amount_over_limit = { $audience ->
    [worker] Your account or wallet cannot take this much money.
   *[other] The worker's account or wallet cannot take this much money.
}
cause-account_limit_reached = { $audience ->
    [worker] Your account or wallet has reached its limit for incoming money.
   *[other] The worker's account or wallet has reached its limit for incoming money.
}
cause-too_many_transactions = There were too many transactions on { $your } account or wallet.
cause-bank_not_reachable = The receiving bank cannot be reached over this route.
cause-not_permitted = This kind of payment is not permitted for that destination.
cause-suspected_fraud = { $audience ->
    [worker] The bank refused because it is suspicious. That does not mean that you did wrong.
   *[other] The bank refused because it is suspicious. That does not mean that the worker did wrong.
}
cause-suspended = The bank has halted this payment for the time being.
cause-insufficient_funds = The balance of the employer's account is not enough.
cause-bad_request = The bank did not accept the content of the employer's payment order.
cause-credentials_refused = The bank refused the access key of the employer's office.
cause-feature_not_allowed = The employer's contract with the bank does not cover this payment yet.
cause-payer_blocked = The bank has blocked its service for the employer.
cause-payer_limit_reached = The employer's daily limit is used up.
cause-outside_hours = The payment order came outside the bank's hours.
cause-too_many_requests = The bank is busy and asks the wage system to wait.
cause-rail_unreachable = The bank could not be reached, so the order did not leave.
cause-request_expired = According to the bank, this payment order came too late.
cause-transfer_failed = The bank says that this payment failed.
cause-transfer_cancelled = The bank says that this payment was cancelled.
cause-other_refusal = The bank refused this payment for another reason.
cause-in_progress = { $way ->
    [sheet] It is not proved yet that the code on the sheet was paid.
   *[bank] The bank is still working on this payment order.
}
cause-no_answer = The bank's answer did not come or is not clear.
cause-interrupted = The wage system stopped while the order was on its way.
cause-duplicate_reference = The bank says that it knows this number already. The wage system asks about the first order.
cause-reference_too_old = The bank does not find this order. It is too late to be sure without people.
cause-resend_refused = A second sending was refused. The first one was not found at the bank.
cause-stated_refused = According to { $people }, that order was not carried out. The bank itself has not said so.
cause-evidence_conflict = What the bank says does not agree with the wage system's record.
cause-rail_changed = The settings of the bank route changed after the order was sent.
cause-overpaid = { $excess ->
    [yes] Money for this wage arrived more than once.
   *[no] The money arrived after the payment had been reported as failed.
}
cause-returned = The bank gave this money back after it was sent.
cause-name_differs = The account holder's name differs from the name on the wage list.
cause-no_route = The employer has no route to { $your } account or wallet yet.
cause-over_rail_limit = This wage is larger than the limit for one payment.
cause-refused_repeatedly = The bank has refused the employer's orders several times.
cause-waits_for_approval = The second person in the employer's office has not approved this wage.
cause-possible_duplicate = This wage looks like another payment, so it is checked first.
cause-destination_changed = The destination differs from the one before, so it is checked first.
cause-destination_shared = This account or wallet is on record for more than one worker.
cause-cancelled_by_employer = This payment was stopped by the employer.
cause-said = The employer's reason: “{ $words }”.
cause-reference_clash = The number of this order is the same as another one.

## Next step by cause

next-invalid_account = { $audience ->
    [worker] Check the number in your bank book or wallet. Give the right number to the employer's office.
    [counsellor] Help the worker read the number in the bank book or wallet. See that it reaches the employer.
   *[employer] Ask the worker for the right number. { -new-file }
}
next-inactive_account = { $audience ->
    [worker] Ask the bank or wallet to activate it, then tell the employer's office. { -other-account }
    [counsellor] Go with the worker to activate the account or open another. See that it reaches the employer.
   *[employer] Ask for another account in the worker's name. { -new-file }
}
next-dormant_account = { $audience ->
    [worker] Take your KTP to the bank and have the account activated. { -tell-office } { -other-account }
    [counsellor] Go to the bank with the worker and the KTP to activate it. Then tell the employer.
   *[employer] Wait for the worker, or ask for another account in the worker's name. { -new-file }
}
next-account_declined = { $audience ->
    [worker] Ask your bank what is wrong with this account. { -other-account }
    [counsellor] Go with the worker to ask the bank. See that the right destination reaches the employer.
   *[employer] Ask for another account in the worker's name. { -new-file }
}
next-amount_over_limit = { $audience ->
    [worker] The employer's office has to use another destination. You can offer another bank account in your name.
    [counsellor] Ask whether the worker has another bank account. Tell the employer.
   *[employer] Ask for a destination that can take this amount. { -new-file }
}
next-account_limit_reached = { $audience ->
    [worker] Ask the bank or wallet when the limit opens again. { -tell-office } { -other-account }
    [counsellor] Explain the limit to the worker. Help to choose between waiting and another account.
   *[employer] Wait for the worker, or ask for another account in the worker's name. { -new-file }
}
next-too_many_transactions = { $audience ->
    [worker] Wait until tomorrow, then tell the employer's office. { -other-account }
    [counsellor] Ask the worker to wait until tomorrow or give another account. Then tell the employer.
   *[employer] Try again tomorrow, or ask for another account in the worker's name. { -new-file }
}
next-bank_not_reachable = { $audience ->
    [worker] The employer's office has to find another route. You may offer an account at another bank.
    [counsellor] Ask whether the worker has an account at another bank. Tell the employer.
   *[employer] Use another route, or ask for an account at another bank. { -new-file }
}
next-not_permitted = { $audience ->
    [worker] The employer's office has to ask the bank. You may offer another account in your name.
    [counsellor] Have the employer ask the bank what is not permitted. Prepare another account if needed.
   *[employer] Ask the bank what is not permitted. Then use another destination or route.
}
next-suspected_fraud = { $audience ->
    [worker] You are not accused. The employer's office has to ask the bank soon.
    [counsellor] Have the employer ask the bank. Do not conclude that the worker did wrong.
   *[employer] Call the bank and ask for the reason. { -no-resend }
}
next-suspended = { $audience ->
    [worker] { -calm } The employer's office has to ask the bank soon.
    [counsellor] Have the employer ask the bank how long the payment is held.
   *[employer] Call the bank and ask why the payment is held. { -no-resend }
}
next-insufficient_funds = { $audience ->
    [worker] { -calm } The employer's office has to fill the account first.
    [counsellor] Remind the employer to fill the account. Ask when the wage will be sent.
   *[employer] Fill the paying account. Then continue sending.
}
next-bad_request = { $audience ->
    [worker] { -calm } The employer's office has to mend the payment order.
    [counsellor] Have the employer mend the payment order. Ask when the wage will be sent.
   *[employer] Read the bank's answer and mend the data or the settings. { -new-file }
}
next-credentials_refused = { $audience ->
    [worker] { -calm } The employer's office has to renew its key.
    [counsellor] Have the employer renew the bank key. Ask when the wage will be sent.
   *[employer] Check the access key to the bank and renew it if needed. Then continue sending.
}
next-feature_not_allowed = { $audience ->
    [worker] { -calm } The employer's office has to arrange it with the bank.
    [counsellor] Have the employer arrange this service with the bank. Ask when the wage will be sent.
   *[employer] Ask the bank to open this service, or use another route. Then continue sending.
}
next-payer_blocked = { $audience ->
    [worker] { -calm } The employer's office has to arrange it with the bank.
    [counsellor] Have the employer clear the block with the bank. Ask when the wage will be sent.
   *[employer] Call the bank and ask how to lift the block. Then continue sending.
}
next-payer_limit_reached = { $audience ->
    [worker] { -calm } The employer's office has to send again tomorrow.
    [counsellor] Have the employer continue sending tomorrow.
   *[employer] Continue sending tomorrow, or ask the bank for a higher limit.
}
next-outside_hours = { $audience ->
    [worker] { -calm } The wage will be sent when the bank is open.
    [counsellor] Ask the worker to wait until the bank is open.
   *[employer] Continue sending when the bank is open.
}
next-too_many_requests = { $audience ->
    [worker] { -calm } The wage system waits a little and tries again.
    [counsellor] Ask the worker to wait a little. The wage system tries again.
   *[employer] Wait a little. The wage system tries again more slowly.
}
next-rail_unreachable = { $audience ->
    [worker] { -calm } The wage system tries again.
    [counsellor] Ask the worker to wait. The wage system tries again.
   *[employer] Check the internet connection and the bank's service. Then continue sending.
}
next-request_expired = { $audience ->
    [worker] { -calm } The employer's office has to send again.
    [counsellor] Have the employer continue sending.
   *[employer] Check the computer's clock, then continue sending.
}
next-transfer_failed = { $audience ->
    [worker] { -calm } The employer's office has to ask the bank and send again.
    [counsellor] Ask the employer what the bank says. See that there is a new payment order.
   *[employer] Ask the bank for the reason. { -new-file }
}
next-transfer_cancelled = { $audience ->
    [worker] { -calm } The employer's office has to ask the bank and send again.
    [counsellor] Ask the employer why it was cancelled. See that there is a new payment order.
   *[employer] Ask the bank why the payment was cancelled. { -new-file }
}
next-other_refusal = { $audience ->
    [worker] { -calm } The employer's office has to ask the bank.
    [counsellor] Ask the employer for the bank's reason. Ask for the bank's answer code.
   *[employer] Ask the bank what the answer code means. Mend it and make a new payment order.
}
next-in_progress = { $audience ->
    [worker] { -calm } The wage system keeps asking the bank.
    [counsellor] Ask the worker to wait. The wage system keeps asking the bank.
   *[employer] Wait for the bank's answer. { -no-resend }
}
next-no_answer = { $audience ->
    [worker] You only need to wait. If you can, look at your balance.
    [counsellor] Explain that the money may already have arrived. Ask the worker to look at the balance.
   *[employer] Let the wage system keep asking the bank. { -no-resend }
}
next-interrupted = { $audience ->
    [worker] You only need to wait. If you can, look at your balance.
    [counsellor] Explain that the money may already have arrived. Ask the worker to look at the balance.
   *[employer] Start the wage system again, so that it asks the bank. { -no-resend }
}
next-duplicate_reference = { $audience ->
    [worker] You only need to wait. If you can, look at your balance.
    [counsellor] Explain that the money may already have arrived. Ask the worker to look at the balance.
   *[employer] Let the wage system ask about the first order. { -no-resend }
}
next-reference_too_old = { $audience ->
    [worker] Look at your balance, then tell the employer's office. That office has to ask the bank.
    [counsellor] Ask the worker to look at the balance and account history. Tell the employer the result.
   *[employer] Ask the bank for a written answer about that reference number. { -no-resend }
}
next-resend_refused = { $audience ->
    [worker] { -calm } The employer's office has to ask the bank and send again.
    [counsellor] Have the employer ask the bank about both sendings.
   *[employer] Have the bank confirm that the first order does not exist. { -new-file }
}
next-stated_refused = { $audience ->
    [worker] Look at your balance, then tell the employer's office. That office has to make a new order.
    [counsellor] Ask the worker to look at the balance. See that the employer makes a new order.
   *[employer] Ask the worker once more. { -new-file }
}
next-evidence_conflict = { $audience ->
    [worker] Look at your balance, then tell the employer's office. That office has to ask the bank.
    [counsellor] Ask the worker to show the account history. Compare it with this story and the employer.
   *[employer] Compare the bank's answer with the account statement. { -no-resend }
}
next-rail_changed = { $audience ->
    [worker] Look at your balance, then tell the employer's office. That office has to ask the bank.
    [counsellor] Ask the worker to look at the balance. Tell the employer the result.
   *[employer] Restore the old settings of the route, so that the bank can be asked. { -no-resend }
}
next-overpaid = { $excess ->
    [yes] { $audience ->
        [worker] The excess is not your wage, so please do not use it yet. Call the employer's office. They will help to give it back.
        [counsellor] Help the worker report the excess to the employer. Say it kindly.
       *[employer] Call the worker kindly and arrange how it comes back.
    }
   *[no] { $audience ->
        [worker] { -calm } The employer's office makes sure that this wage is not sent again.
        [counsellor] Ask the worker to compare the balance. Ask the employer not to send again.
       *[employer] Do not send this wage again. Note that the money has arrived.
    }
}
next-returned = { $audience ->
    [worker] Check that your account or wallet is still active. Give the right number to the employer's office. That office has to send again.
    [counsellor] Help the worker check the account or wallet. See that the right destination reaches the employer.
   *[employer] Make sure of the right destination with the worker. { -new-file }
}
next-name_differs = { $audience ->
    [worker] Compare the name in your bank book with your name above. Tell the employer's office if one is wrong.
    [counsellor] Help the worker compare the names. Tell the employer the right one.
   *[employer] Ask the worker whose account it is. Mend the name or destination in a new wage list.
}
next-no_route = { $audience ->
    [worker] The employer's office has to add a route. You may also offer another account in your name.
    [counsellor] Ask whether the worker has another account. Tell the employer.
   *[employer] Add a route to this destination, or ask for another one. { -new-file }
}
next-over_rail_limit = { $audience ->
    [worker] { -calm } The employer's office has to use another route.
    [counsellor] Have the employer use a route with a higher limit.
   *[employer] Use a route with a higher limit. { -new-file }
}
next-refused_repeatedly = { $audience ->
    [worker] { -calm } The employer's office has to ask the bank.
    [counsellor] Ask the employer what the bank says and when the wage will be sent.
   *[employer] Ask the bank for the reason and mend it. { -new-file }
}
next-waits_for_approval = { $audience ->
    [worker] { -calm } The employer's office has to approve the wage list.
    [counsellor] Ask the employer when the wage list will be approved.
   *[employer] Have the second person check the wage list and approve it.
}
next-possible_duplicate = { $audience ->
    [worker] { -calm } The employer's office has to make sure that this wage was not paid before.
    [counsellor] Ask the worker whether this wage was received before. Tell the employer.
   *[employer] Compare it with the other payment. Name this payment when you approve, if it is owed.
}
next-destination_changed = { $audience ->
    [worker] If you did not change the destination, tell the employer's office now. If you did, just wait.
    [counsellor] Ask whether the worker changed the destination. Tell the employer.
   *[employer] Ask the worker in person. Name this payment when you approve, if the destination is right.
}
next-destination_shared = { $audience ->
    [worker] Make sure that the account or wallet is in your name. Tell the employer's office if not.
    [counsellor] Ask in whose name the account or wallet is. Tell the employer.
   *[employer] Ask the worker in person. Name this payment when you approve, if the destination is right.
}
next-cancelled_by_employer = { $audience ->
    [worker] Ask the employer's office for the reason. Ask also whether this wage will still be paid.
    [counsellor] Ask the employer for the reason, and whether the wage will still be paid.
   *[employer] Tell the worker the reason. Make a new wage list if the wage is still owed.
}
next-reference_clash = { $audience ->
    [worker] { -calm } The employer's office has to mend it.
    [counsellor] Have the employer mend the number of the order. Ask when the wage will be sent.
   *[employer] Report it to whoever runs the wage system. { -no-resend }
}

## Next step by state

next-state-ready = { $audience ->
    [worker] { -calm } The wage goes out with the next sending.
    [counsellor] Ask the worker to wait for the next sending.
   *[employer] Continue sending if it is not running.
}
next-state-ready_elsewhere = { $audience ->
    [worker] The wage goes to the next destination on your list. Please also mend the refused one.
    [counsellor] The wage goes to the next destination. Help the worker mend the refused one.
   *[employer] The wage goes to the next destination. Ask the worker to mend the refused one.
}
next-state-sending = { $audience ->
    [worker] { -calm } The wage system waits for the bank's answer.
    [counsellor] Ask the worker to wait for the bank's answer.
   *[employer] Wait for the bank's answer. { -no-resend }
}
next-state-on_sheet = { $audience ->
    [worker] { -calm } The employer's office pays from that sheet.
    [counsellor] Ask the employer whether the code was paid, and for the evidence.
   *[employer] Print the sheet and pay each code once. Then compare with the account statement. { -no-resend }
}
next-state-sheet_in_doubt = { $audience ->
    [worker] { -calm } The employer's office has to find out whether the code was paid.
    [counsellor] Ask the employer to look at the app's history. Ask the worker to look at the balance.
   *[employer] Look at the app's history and the account statement. Then two people record what they found. { -no-resend }
}
next-state-refused = { $audience ->
    [worker] { -calm } The wage system chooses the next step.
    [counsellor] Ask the worker to wait. The wage system chooses the next step.
   *[employer] Continue sending. The wage system chooses the next step.
}
next-state-settled = { $audience ->
    [worker] Keep this record and compare it with your balance.
    [counsellor] Help the worker compare this slip with the balance.
   *[employer] Give this slip to the worker.
}

## Whom to ask

ask-worker = { $audience ->
    [worker] If it is not clear, ask the employer's office. { -disnaker }
    [counsellor] If that does not help, call the employer's office. Name the payment number.
   *[employer] If the worker has trouble, suggest a job counsellor.
}
ask-employer = { $audience ->
    [worker] Ask the employer's office. { -disnaker }
    [counsellor] Call the employer's office. Name the payment number.
   *[employer] If that does not help, call your bank.
}
ask-provider = { $audience ->
    [worker] If the money has not come by that date, ask the employer's office. { -disnaker }
    [counsellor] If the money has not come by that date, call the employer's office.
   *[employer] If there is no answer by that date, call the bank. Name the reference number.
}
ask-upah = { $audience ->
    [worker] If there is no news by that date, ask the employer's office. { -disnaker }
    [counsellor] If there is no news by that date, call the employer's office.
   *[employer] If there is no news by that date, call your bank.
}
ask-nobody = { $audience ->
    [worker] If you do not see the money, ask your bank or wallet. Show them its reference number.
    [counsellor] If the money is not seen, go with the worker to ask. Show the reference number.
   *[employer] If the worker does not see the money, ask the bank with the reference number.
}

## The law (articles and sources in src/law.rs)

law-late = A bank that is late owes the receiver a fee, interest or compensation. See UU 3/2011 article 54.
law-error = A sending bank that made a mistake must mend it promptly. See UU 3/2011 article 56.
law-excess = Money known not to be one's own must not be kept. See UU 3/2011 article 85.
law-complaint = A bank answers a spoken complaint within 5 working days. See POJK 22/2023.

## Short messages: no name, no full number

short-notice = UJI COBA.
short-headline = { $late ->
    [yes] Pay { $when } { $amount }, late: { $stands }.
   *[no] Pay { $when } { $amount }: { $stands }.
}
short-bare = { $late ->
    [yes] Pay { $when } { $amount } is late.
   *[no] Pay { $when } { $amount }.
}
short-week = week { $date }
short-state-awaiting_approval = waits for approval
short-state-ready = ready to be sent
short-state-sending = being sent
short-state-pending = { $way ->
    [sheet] waits to be paid
   *[bank] at the bank
}
short-state-unknown = not clear yet
short-state-settled = { $excess ->
    [yes] paid twice
   *[no] { $proof ->
        [people] arrived, not by the bank's word
       *[bank] has arrived
    }
}
short-state-refused = the bank refused
short-state-returned = it came back
short-state-needs_action = { $money ->
    [with_worker] please check
   *[other] needs help
}
short-state-cancelled = stopped
short-money-with_payer = Money: at the employer.
short-money-came_back = The employer has the money back.
short-money-unclear = Money: not certain where.
short-money-with_worker = Money is in { $your } account or wallet.
short-money-excess = Excess { $more }, please do not use it.
short-tail = To { $tail }.
short-acts = To act: { $who }, by { $date }.
short-acts-no_date = To act: { $who }.
short-who-worker = { $you }
short-who-employer = the employer
short-who-provider = the bank
short-who-upah = the wage system
short-ask = { $actor ->
    [nobody] Not there? Ask your bank or wallet.
    [employer] Ask their office.
    [upah] Ask their office.
   *[other] Ask the employer's office.
}
short-ask-next = Then Disnaker.
short-fee = { $part } taken for a fee: ask the employer.
short-compare_erased = The record of { $before } was erased.
short-compare = { $effect ->
    [more] { $change } more than { $before }.
    [less] { $change } less than { $before }.
   *[same] The same as { $before }.
}
short-number = No. { $payment }.

## Causes in a short message: at most 40 letters

brief-cause-invalid_account = { $audience ->
    [worker] Your account number was not found.
   *[other] The account number was not found.
}
brief-cause-inactive_account = The account is not active.
brief-cause-dormant_account = The account was not used for long.
brief-cause-account_declined = The bank declined the account.
brief-cause-amount_over_limit = The account cannot take so much.
brief-cause-account_limit_reached = The account's limit is reached.
brief-cause-too_many_transactions = Too many transactions on the account.
brief-cause-bank_not_reachable = That bank cannot be reached.
brief-cause-not_permitted = Not permitted to that destination.
brief-cause-suspected_fraud = Refused on suspicion. No accusation.
brief-cause-suspended = The bank has halted it.
brief-cause-insufficient_funds = The employer's balance is too low.
brief-cause-bad_request = The bank did not accept the order.
brief-cause-credentials_refused = The bank refused the employer's key.
brief-cause-feature_not_allowed = The bank has not opened this service.
brief-cause-payer_blocked = The bank blocked the employer.
brief-cause-payer_limit_reached = The daily limit is used up.
brief-cause-outside_hours = The bank is closed now.
brief-cause-too_many_requests = The bank is busy.
brief-cause-rail_unreachable = The bank could not be reached.
brief-cause-request_expired = The order came too late.
brief-cause-transfer_failed = The bank says it failed.
brief-cause-transfer_cancelled = The bank says it was cancelled.
brief-cause-other_refusal = The bank refused, reason not clear.
brief-cause-in_progress = { $way ->
    [sheet] The code is not paid yet.
   *[bank] The bank is still working on it.
}
brief-cause-no_answer = The bank gave no clear answer.
brief-cause-interrupted = Interrupted on its way.
brief-cause-duplicate_reference = The bank knows this number already.
brief-cause-reference_too_old = The bank does not find the order.
brief-cause-resend_refused = A second sending was refused.
brief-cause-stated_refused = Not sent, according to two people.
brief-cause-evidence_conflict = The bank's words do not agree.
brief-cause-rail_changed = The settings of the route changed.
brief-cause-overpaid = { $excess ->
    [yes] Money arrived twice.
   *[no] The money did arrive.
}
brief-cause-returned = The bank gave the money back.
brief-cause-name_differs = The account holder's name differs.
brief-cause-no_route = There is no route to the account.
brief-cause-over_rail_limit = It is more than can be sent at once.
brief-cause-refused_repeatedly = The bank refused several times.
brief-cause-waits_for_approval = Not approved yet.
brief-cause-possible_duplicate = Looks like another payment; checked.
brief-cause-destination_changed = The destination changed; checked.
brief-cause-destination_shared = Two workers have this account.
brief-cause-cancelled_by_employer = The employer stopped it.
brief-cause-reference_clash = Its number is another order's too.

## Longer messages: what has no room in them

brief-fine = That is an estimate and no decision. How it is computed stands in the whole story.

## Records that were erased

erased-headline = The record of this payment was erased.
erased-entry = The wage book says so at entry { $entry }.
erased-stood = Where it stood before that: { $stands }.
erased-money-arrived = According to that last record, the money had arrived.
erased-money-untold = Where the money is can no longer be seen here.
erased-left = Name, amount and account are no longer kept.
erased-slip = An old slip can still be checked. Take it to a job counsellor at Disnaker.
erased-nobody = Nobody has to act now, and no date is set.
erased-law = The right to have data erased: see UU 27/2022 article 43.
erased-ask = { $audience ->
    [worker] If you did not get the money, call the employer's office. Name the payment number. { -disnaker }
   *[other] If the worker did not get the money, call the employer's office. Name the payment number.
}

## Genuine or not

genuine-source = This story is made from the wage book.
genuine-size = It follows that book up to entry { $size }.
genuine-day = A witness saw that book on { $date }.
genuine-no_day = No witness has dated that book yet.
genuine-named = { $many ->
    [one] One witness is named, but not checked here.
   *[more] Witnesses named, but not checked here: { $count }.
}
genuine-named_ask = The witnesses' keys are at the job counsellor's office. Ask that office to check.
genuine-later = What happened later is not seen here.
genuine-no_log = This story has no proof from the book yet. For now the answer is: BELUM BISA DICEK.
genuine-how = { $audience ->
    [worker] A slip cannot prove itself. Ask a job counsellor at Disnaker to check it. The key must come from that office, not from the slip.
    [counsellor] A slip cannot prove itself. Check it with your office's key, not with the slip's.
   *[employer] A slip cannot prove itself. The worker may ask a job counsellor to check it.
}
genuine-verdict = The result is ASLI, TIDAK COCOK or BELUM BISA DICEK. That is: genuine, no match, or cannot be checked yet.

## A line that was computed

line-rounded = The result is rounded to the nearest rupiah.
rule-commission-rate-1 = It means rate times margin. It rests on the work agreement, so compare the rate.
input-rate = rate
input-margin = margin

## Beside an earlier wage

question-compare = How does it differ from the wage for { $earlier }?
compare-before = The wage then: { $before }.
compare-now = This wage: { $amount }.
compare-erased = The record of that wage was erased, so the difference can no longer be computed.
compare-difference = { $effect ->
    [more] This wage is { $change } more.
    [less] This wage is { $change } less.
   *[same] The amount is the same.
}
compare-deduction = deduction, { $kind }
compare-step = { $turn ->
    [added] { $what } is new
    [removed] { $what } is no longer there
    [more] { $what } went up
    [less] { $what } went down
   *[same] { $what } stayed
}{ $effect ->
    [more] : the wage is { $change } more.
    [less] : the wage is { $change } less.
   *[same] .
}
compare-input_was = { $input } then { $value }.
compare-input_is = { $input } now { $value }.
compare-input = { $effect ->
    [more] Because the { $input } changed, the wage is { $change } more.
    [less] Because the { $input } changed, the wage is { $change } less.
   *[same] Because the { $input } changed, the wage stayed.
}
compare-sum = All these changes add up to exactly the difference.

## Late or not

question-rights = Is this wage late?
rights-due = It was due on { $date }.
rights-on_time = { $standing ->
    [paid] It was recorded as paid in time.
   *[open] That day is not over.
}
rights-late = { $standing ->
    [paid] It was recorded as paid { $days } days after that.
   *[open] Until today that is { $days } days ago.
}
rights-no_fine = A fine is counted from the fourth day on.
rights-fine = { $standing ->
    [paid] Estimate of the fine for the employer: { $fine }.
   *[open] Estimate of the fine for the employer so far: { $fine }.
}
rights-part = That is { $part } of this wage.
rights-interest = After a month there is interest too. It is not computed here.
rights-basis = { $audience ->
    [worker] It rests on Government Regulation 36/2021 article 61.
   *[other] It rests on PP 36/2021 article 61.
}
rights-estimate_only = This is an estimate and no decision. The fine is no part of this wage.
rights-choices = The regulation can be read in more than one way. Here it is read like this.
rights-choice-due_date = { $choice ->
    [one] The due date counts as the first day.
   *[zero] The day after the due date counts as the first day.
}
rights-choice-month = { $choice ->
    [calendar] A month is a month of the calendar.
   *[thirty-days] A month is 30 days.
}
rights-choice-cap = { $choice ->
    [after-day-eight] The limit of 50% holds for the fine after the eighth day alone.
   *[whole-fine] The limit of 50% holds for the whole fine.
}
rights-employees_only = The rule on fines for delay is for employees alone.
rights-other = { $your } working relationship is recorded as another one.
rights-not_recorded = { $your } working relationship is not recorded.
rights-ask = { $audience ->
    [worker] Ask a job counsellor at the manpower office (Disnaker) about your rights.
    [counsellor] Ask a labour inspector if anything is in doubt.
   *[employer] Ask the manpower office (Disnaker) if anything is in doubt.
}
