# Bhâsa Madhurâ. KONSEP: ghi' ta' èparèksa orèng Madhurâ. / A draft that no speaker has checked.
#
# Told to workers; what is missing here is told in Bahasa Indonesia, behind [id]: of Madurese we dared to write the
# least. Names of months, places and kinds of pay stay as id.ftl has them. Amounts are never translated.

-tenang = Bâ'na ta' usa ngalakonè pa-apa.
-kantor = kantor kennengngan alako

you = { $audience ->
    [worker] bâ'na
   *[other] pekerja
}
your = { $audience ->
    [worker] bâ'na
   *[other] pekerja
}
notice-draft = KONSEP: belum diperiksa penutur bahasa Madura. Tanda [id] berarti kalimat itu masih Bahasa Indonesia. Arèya ghi' ta' èparèksa orèng Madhurâ. Tandhâ [id] artèna ghi' bhâsa Indonesia.
short-draft = KONSEP.
notice-sandbox = UJI COBA: arèya latèyan, bânnè majârân onggu.

headline-awaiting_approval = { $name }: opa { $period } ghi' ngantos èsatoju'i.
headline-ready = { $name }: opa { $period } ampon siap èkèrèm.
headline-sending = { $name }: opa { $period } èkèrèm samangkèn.
headline-pending = { $way ->
    [sheet] { $name }: opa { $period } bâdâ è lembar QRIS, ngantos èbâjâr.
   *[bank] { $name }: opa { $period } èkalako bank.
}
headline-unknown = { $name }: bank ghi' ta' nyaot terrang parkara opa { $period }.
headline-settled = { $excess ->
    [yes] { $name }: opa { $period } maso' lebbi dâri sakalè.
   *[no] { $proof ->
        [people] { $name }: opa { $period } ècatet maso', bânnè ca'na bank.
       *[bank] { $name }: opa { $period } ampon maso'.
    }
}
headline-refused = { $name }: opa { $period } ètola' bank.
headline-returned = { $name }: opa { $period } ampon èkèrèm, terros pèssèna abâli.
headline-needs_action = { $money ->
    [with_worker] { $name }: opa { $period } ampon maso', tapè kodhu èparèksa.
   *[other] { $name }: opa { $period } ghi' ta' marè bân parlo bhânto.
}
headline-cancelled = { $name }: opa { $period } èpaambu juragan.

question-amount = Arapa opana engko' sanèka?
question-where = È dimma pèssèna engko'?
question-fee = Sapa sè majâr ongkossa?
question-failed = Arapa gagal, bân engko' kodhu apa?
question-genuine = Apa slip arèya asli?
question-compare = Apa bhidhâna bân opa { $earlier }?
question-rights = Apa opa arèya tellat?

amount-net = Jumlana opa arèya: { $amount }.
amount-words = Mon èocap: { $words } rupiah.

picture-title = Mon tunai, padhâ bân:
picture-notes = { $count } lembar { $value }
picture-coins = { $count } kèping { $value }
picture-rest = Karèna { $rest } ({ $words } rupiah), lebbi kènè' dâri pèssè logam palèng kènè'.

state-awaiting_approval = Opa arèya ghi' ta' èkèrèm, ngantos èsatoju'i.
state-ready = Opa arèya ampon siap, tapè ghi' ta' èkèrèm.
state-sending = Parènta kèrèm ampon èghâbây. Saodhâ bank ghi' èantos.
state-pending = { $way ->
    [sheet] Kode QRIS bâdâ è lembar. Juragan majâr ngangghuy HP.
   *[bank] Bank ampon narèma parènta kèrèm. Bank ghi' alako.
}
state-unknown = Bank ghi' ta' nyaot terrang. Kaulâ terros atanya ka bank. Salama jârèya, pèssè ta' èkèrèm du kalè.
state-settled = Opa arèya ècatet ampon èbâjâr.
state-refused = Bank nola' parènta kèrèm arèya.
state-returned = Opa arèya ampon èkèrèm, terros pèssèna abâli.
state-needs_action = Majârân arèya ambu ghâllu bân ngantos bhântona orèng.
state-cancelled = Juragan maambu majârân arèya.

money-with_payer = { $state ->
    [cancelled] Pèssè opa arèya ta' kalowar dâri rèkèningnga juragan.
   *[other] Pèssè opa arèya ghi' ta' kalowar dâri rèkèningnga juragan.
}
money-came_back = Pèssèna ampon abâli ka rèkèningnga juragan.
money-unclear = Ghi' ta' tanto pèssèna è dimma. Pèssè jârèya bisa bhâi ampon maso' ka { $place }.
money-excess = Pèssè maso' lebbi dâri sakalè. Lebbina { $amount }.
money-returned = Pèssè sè abâli: { $amount }.
money-returned_differs = Jumla jârèya bhidhâ bân opa sè èkèrèm. Juragan kodhu nyarè bhidhâna.
money-returned_untold = Bank ghi' ta' nyebbut bânnya'na pèssè sè abâli.
proof-statement = Pèssè ampon maso' ca'na catettan rèkèning è bank.
proof-signed_callback = Pèssè ampon maso' ca'na khabhâr resmi dâri bank.
proof-tls_response = Pèssè ampon maso' ca'na saodhâ bank.
proof-people = Pèssè ampon maso' ca'na { $people }, bânnè ca'na bank.

where-goal = Tojjuwân sè ècatet: { $place }.
where-payment = Nomer majârân: { $payment }.

fee-bearer = Ongkos kèrèm ètangghung juragan.

failed-nothing = { $proof ->
    [people] Tadâ' sè ècatet gagal.
   *[bank] Tadâ' sè gagal.
}
failed-not_yet = Ghi' tadâ' sè gagal.
failed-unsure = Ghi' ta' tanto gagal.
step-who = Sè kodhu alako: { $who }.
step-by = Palèng laèp { $date }.
step-news = Palèng laèp { $date } kodhu bâdâ khabhâr.
step-no_date = Ghi' tadâ' tangghâl sè ètanto'aghi.
who-worker = { $you }
who-employer = { -kantor }
who-provider = bank
who-upah = sistem upah
who-nobody = tadâ'

cause-invalid_account = Nomer rèkèning otabâ dompet { $you } ta' etemmo.
cause-inactive_account = Rèkèning otabâ dompet { $you } ampon ètotop otabâ ta' aktif.
cause-account_limit_reached = Bates pèssè maso' è rèkèning otabâ dompet { $you } ampon possa'.
cause-suspected_fraud = Bank nola' polana curiga. Jârèya bânnè artèna { $you } sala.
cause-insufficient_funds = Saldo rèkèningnga juragan ta' cokop.
cause-in_progress = { $way ->
    [sheet] Kode è lembar ghi' ta' kabhuktè èbâjâr.
   *[bank] Bank ghi' alakonè parènta kèrèm arèya.
}
cause-no_answer = Saodhâ bank ta' dâteng otabâ ta' terrang.
cause-overpaid = { $excess ->
    [yes] Pèssè opa arèya maso' lebbi dâri sakalè.
   *[no] Pèssè maso' samarèna kèrèman èkoca' gagal.
}
cause-returned = Bank mabâli pèssè arèya samarèna èkèrèm.
cause-name_differs = Nyamana sè andi' rèkèning bhidhâ bân nyama è daftar opa.
cause-waits_for_approval = Orèng kapènduwâ' è kantorra juragan ghi' ta' nyatoju'i opa arèya.
cause-possible_duplicate = Opa arèya mèrèp bân majârân laèn, dhâddhi èparèksa ghâllu.
cause-cancelled_by_employer = Majârân arèya èpaambu juragan.

next-invalid_account = Parèksa nomer è buku tabungan otabâ aplikasi dompet. Bherri' nomer sè bhender ka { -kantor }.
next-insufficient_funds = { -tenang } Juragan kodhu ngessè'è saldo ghâllu.
next-in_progress = { -tenang } Kaulâ terros atanya ka bank.
next-no_answer = Bâ'na cokop ngantos. Mon bisa, parèksa saldona bâ'na.
next-returned = Parèksa apa rèkèning otabâ dompettâ bâ'na ghi' aktif. Bherri' tojjuwân sè bhender ka { -kantor }.
next-name_differs = Padhâ'aghi nyama è buku tabungan bân nyamana bâ'na è attas. Khabhâraghi { -kantor } mon bâdâ sè sala.
next-waits_for_approval = { -tenang } Juragan kodhu nyatoju'i daftar opa.
next-possible_duplicate = { -tenang } Juragan mastè'aghi opa arèya ghi' ta' toman èbâjâr.
next-cancelled_by_employer = Tanya'aghi alasanna ka { -kantor }.
next-state-ready = { -tenang } Opa èkèrèm è kèrèman saterrossa.
next-state-settled = Sèmpen catettan arèya, terros padhâ'aghi bân saldona bâ'na.

ask-worker = Mon ghi' ta' terrang, tanya ka { -kantor } otabâ pengantar kerja.
ask-employer = Tanya ka { -kantor }. Mon ta' èsaodhi, temmonè pengantar kerja è Disnaker.
ask-provider = Mon sampè' tangghâl jârèya pèssè ghi' ta' maso', tanya ka { -kantor }.
ask-upah = Mon sampè' tangghâl jârèya ghi' tadâ' khabhâr, tanya ka { -kantor }.
ask-nobody = Mon pèssè ghi' ta' katèngal, tanya ka bank otabâ dompet. Tojjhu'aghi nomer rujukanna.

short-notice = UJI COBA.
short-headline = Opa { $when } { $amount }: { $stands }.
short-bare = Opa { $when } { $amount }.
short-week = mènggu { $date }
short-state-awaiting_approval = ngantos èsatoju'i
short-state-ready = siap èkèrèm
short-state-sending = èkèrèm samangkèn
short-state-pending = { $way ->
    [sheet] ngantos èbâjâr
   *[bank] èkalako bank
}
short-state-unknown = ghi' ta' terrang
short-state-settled = { $excess ->
    [yes] maso' du kalè
   *[no] { $proof ->
        [people] maso', bânnè ca'na bank
       *[bank] ampon maso'
    }
}
short-state-refused = ètola' bank
short-state-returned = pèssè abâli
short-state-needs_action = { $money ->
    [with_worker] kodhu èparèksa
   *[other] ghi' ta' marè
}
short-state-cancelled = èpaambu
short-money-with_payer = Pèssè ghi' è juragan.
short-money-came_back = Pèssè abâli ka juragan.
short-money-unclear = Ghi' ta' tanto pèssè è dimma.
short-money-with_worker = Pèssè è rèkèning otabâ dompet { $you }.
short-money-excess = Lebbina { $more }.
short-tail = Tojjuwân { $tail }.
short-acts = Sè alako: { $who }. Bates: { $date }.
short-acts-no_date = Sè alako: { $who }.
short-who-worker = { $you }
short-who-employer = juragan
short-who-provider = bank
short-who-upah = sistem upah
short-ask = Tanya: kantor juragan.
short-ask-next = Terros: Disnaker.
short-fee = Èpotong { $part } kaangghuy ongkos: tanya juragan.
short-compare_erased = Catettan { $before } ampon èhapos.
short-compare = { $effect ->
    [more] Ongghâ { $change } dâri { $before }.
    [less] Toron { $change } dâri { $before }.
   *[same] Padhâ bân { $before }.
}
short-number = No: { $payment }.

erased-headline = Catettan majârân arèya ampon èhapos.

compare-difference = { $effect ->
    [more] Opa arèya lebbi bânnya' { $change }.
    [less] Opa arèya lebbi sakonè' { $change }.
   *[same] Jumlana padhâ.
}
