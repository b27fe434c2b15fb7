# Basa Sunda. KONSEP: can dipariksa ku panyatur basa Sunda. / A draft that no speaker has checked.
#
# Told to workers; what is missing here is told in Bahasa Indonesia, behind [id]. Names of months, places and kinds
# of pay stay as id.ftl has them. Amounts are never translated.

-tenang = Anjeun teu kudu nanaon.
-kantor = kantor tempat digawé
-rekening-sejen = Atawa béré rékening séjén atas ngaran anjeun.
-bejaan = Terus béjaan { -kantor }.

you = { $audience ->
    [worker] anjeun
   *[other] pekerja
}
your = { $audience ->
    [worker] anjeun
   *[other] pekerja
}
notice-draft = KONSEP: belum diperiksa penutur bahasa Sunda. Tanda [id] berarti kalimat itu masih Bahasa Indonesia. Ieu can dipariksa ku panyatur basa Sunda. Tanda [id] hartina masih kénéh basa Indonésia.
short-draft = KONSEP.
notice-sandbox = UJI COBA: ieu ngan latihan, lain pangmayaran enyaan.

headline-awaiting_approval = { $name }: upah { $period } keur nungguan disatujuan.
headline-ready = { $name }: upah { $period } geus siap, kari dikirim.
headline-sending = { $name }: upah { $period } keur dikirim.
headline-pending = { $way ->
    [sheet] { $name }: upah { $period } aya dina lambar QRIS, nungguan dibayar.
   *[bank] { $name }: upah { $period } keur digarap ku bank.
}
headline-unknown = { $name }: bank can ngajawab jelas soal upah { $period }.
headline-settled = { $excess ->
    [yes] { $name }: upah { $period } asup leuwih ti sakali.
   *[no] { $proof ->
        [people] { $name }: upah { $period } kacatet asup, lain ceuk bank.
       *[bank] { $name }: upah { $period } geus asup.
    }
}
headline-refused = { $name }: upah { $period } ditolak ku bank.
headline-returned = { $name }: upah { $period } geus dikirim, terus duitna balik deui.
headline-needs_action = { $money ->
    [with_worker] { $name }: upah { $period } geus asup, tapi kudu dipariksa.
   *[other] { $name }: upah { $period } can bérés jeung butuh bantuan.
}
headline-cancelled = { $name }: upah { $period } dieureunkeun ku dunungan.

question-amount = Naha upah kuring sakieu?
question-where = Di mana duit kuring?
question-fee = Saha nu mayar ongkosna?
question-failed = Naha gagal, jeung kuring kudu kumaha?
question-genuine = Naha slip ieu asli?
question-compare = Naon bédana jeung upah { $earlier }?
question-rights = Naha upah ieu telat?

amount-period = Upah ieu keur { $period }.
amount-net = Jumlah upah ieu: { $amount }.
amount-words = Lamun diucapkeun: { $words } rupiah.
amount-no_breakdown = Dunungan nyebutkeun jumlah ieu tanpa rincian.

picture-title = Lamun tunai, sarua jeung:
picture-notes = { $count } lambar { $value }
picture-coins = { $count } keping { $value }
picture-rest = Sésana { $rest } ({ $words } rupiah), leuwih leutik ti duit récéh pangleutikna.

state-awaiting_approval = Upah ieu can dikirim sabab nungguan disatujuan.
state-ready = Upah ieu geus siap, tapi can dikirim.
state-sending = Paréntah kirim geus dijieun. Jawaban bank keur ditungguan.
state-pending = { $way ->
    [sheet] Kode QRIS-na aya dina lambar. Dunungan mayar ku HP.
   *[bank] Bank geus narima paréntah kirim. Bank keur ngagarap.
}
state-unknown = Bank can ngajawab kalawan jelas. Urang terus nanya ka bank. Salila éta, duit moal dikirim dua kali.
state-settled = Upah ieu kacatet geus dibayar.
state-refused = Bank nolak paréntah kirim ieu.
state-returned = Upah ieu geus dikirim, terus duitna balik deui.
state-needs_action = Pangmayaran ieu eureun heula jeung nungguan bantuan jalma.
state-cancelled = Dunungan ngeureunkeun pangmayaran ieu.

money-with_payer = { $state ->
    [cancelled] Duit keur upah ieu teu kaluar tina rékening dunungan.
   *[other] Duit keur upah ieu can kaluar tina rékening dunungan.
}
money-came_back = Duitna geus balik deui ka rékening dunungan.
money-unclear = Can pasti duitna di mana. Duit éta bisa jadi geus asup ka { $place }.
money-excess = Duit asup leuwih ti sakali. Leuwihna { $amount }.
money-returned = Duit nu balik deui: { $amount }.
money-returned_differs = Jumlah éta béda jeung upah nu dikirim. Dunungan kudu néangan bédana.
money-returned_untold = Bank can nyebutkeun sabaraha duit nu balik deui.
proof-statement = Duit geus asup numutkeun catetan rékening di bank.
proof-signed_callback = Duit geus asup numutkeun béja resmi ti bank.
proof-tls_response = Duit geus asup numutkeun jawaban bank.
proof-people = Duit geus asup numutkeun { $people }, lain numutkeun bank.

where-goal = Tujuan nu kacatet: { $place }.
where-due = Upah ieu sakuduna dibayar panglambatna { $date }.
where-due_late = Duitna asup sanggeus tanggal éta.
where-due_passed = Tanggal éta geus liwat, jeung duitna can kacatet asup.
where-payment = Nomer pangmayaran: { $payment }.

timeline-none = Can aya paréntah kirim keur upah ieu.
timeline-reference = Nomer rujukanana: { $reference }.
result-sending = Jawaban bank keur ditungguan.
result-unknown = Bank can ngajawab kalawan jelas.
result-returned = Duit tina paréntah éta geus balik deui.

fee-bearer = Ongkos kirim ditanggung ku dunungan.
fee-amount = Ongkos sakali kirim: { $amount }.
fee-unknown = Gedéna ongkos can kanyahoan.
fee-deducted = Tapi upah ieu dipotong { $part } keur { $kind }. Tanyakeun alesanana ka dunungan.

failed-nothing = { $proof ->
    [people] Euweuh nu kacatet gagal.
   *[bank] Euweuh nu gagal.
}
failed-no_longer = Kiriman saméméhna teu hasil, tapi ahirna upah kacatet geus dibayar.
failed-not_yet = Can aya nu gagal.
failed-unsure = Can tangtu gagal.
step-who = Nu kudu ngalakukeun: { $who }.
step-by = Panglambatna { $date }.
step-news = Panglambatna { $date } kudu aya béja.
step-no_date = Can aya tanggal nu ditangtukeun.
who-worker = { $you }
who-employer = { -kantor }
who-provider = bank
who-upah = sistem upah
who-nobody = euweuh

cause-invalid_account = Nomer rékening atawa dompét { $you } teu kapanggih.
cause-inactive_account = Rékening atawa dompét { $you } geus ditutup atawa teu aktip.
cause-dormant_account = Rékening { $you } dieureunkeun samentara sabab lila teu dipaké.
cause-account_declined = Bank nu narima nolak ku sabab kaayaan rékening { $you }.
cause-amount_over_limit = Rékening atawa dompét { $you } teu bisa narima duit sakieu lobana.
cause-account_limit_reached = Wates duit asup dina rékening atawa dompét { $you } geus pinuh.
cause-too_many_transactions = Loba teuing transaksi dina rékening atawa dompét { $you }.
cause-bank_not_reachable = Bank tujuan teu kahontal ku jalan ieu.
cause-not_permitted = Kiriman kawas kieu teu diidinan keur tujuan éta.
cause-suspected_fraud = Bank nolak sabab curiga. Éta can hartina { $you } salah.
cause-suspended = Bank ngeureunkeun kiriman ieu samentara.
cause-insufficient_funds = Saldo rékening dunungan teu cukup.
cause-bad_request = Bank teu narima eusi paréntah kirim ti dunungan.
cause-credentials_refused = Bank nolak konci asup nu dunungan.
cause-feature_not_allowed = Perjangjian dunungan jeung bank can ngawengku kiriman ieu.
cause-payer_blocked = Bank meungpeuk layanan keur dunungan.
cause-payer_limit_reached = Wates kirim sapoé dunungan geus béak.
cause-outside_hours = Paréntah kirim datang di luar jam layanan bank.
cause-too_many_requests = Bank keur sibuk jeung ménta urang nungguan.
cause-rail_unreachable = Bank teu bisa dihubungi, jadi paréntah can indit.
cause-request_expired = Ceuk bank, waktu paréntah kirim ieu geus kaliwat.
cause-transfer_failed = Bank nyebutkeun kiriman ieu gagal.
cause-transfer_cancelled = Bank nyebutkeun kiriman ieu dibatalkeun.
cause-other_refusal = Bank nolak kiriman ieu ku alesan séjén.
cause-in_progress = { $way ->
    [sheet] Kode dina lambar can kabuktian dibayar.
   *[bank] Bank masih kénéh ngagarap paréntah kirim ieu.
}
cause-no_answer = Jawaban bank teu datang atawa teu jelas.
cause-interrupted = Sistem upah eureun waktu paréntah keur dikirim.
cause-duplicate_reference = Bank nyebut geus wawuh kana nomer kiriman ieu. Urang nanyakeun kiriman nu kahiji.
cause-reference_too_old = Bank teu manggihan kiriman ieu. Geus lila teuing keur mastikeun tanpa bantuan jalma.
cause-resend_refused = Kiriman ulang ditolak. Kiriman kahiji teu kapanggih di bank.
cause-stated_refused = Numutkeun { $people }, paréntah éta teu dijalankeun. Bank sorangan can nyebutkeun.
cause-evidence_conflict = Katerangan bank teu cocog jeung catetan urang.
cause-rail_changed = Setélan jalan bank robah sanggeus paréntah dikirim.
cause-overpaid = { $excess ->
    [yes] Duit keur upah ieu asup leuwih ti sakali.
   *[no] Duit asup sanggeus kiriman sempet disebut gagal.
}
cause-returned = Bank mulangkeun duit ieu sanggeus dikirim.
cause-name_differs = Ngaran nu boga rékening béda jeung ngaran dina daptar upah.
cause-no_route = Dunungan can boga jalan ka rékening atawa dompét { $you }.
cause-over_rail_limit = Upah ieu leuwih gedé ti wates sakali kirim.
cause-refused_repeatedly = Bank geus sababaraha kali nolak paréntah ti dunungan.
cause-waits_for_approval = Jalma kadua di kantor dunungan can nyatujuan upah ieu.
cause-possible_duplicate = Upah ieu mirip jeung pangmayaran séjén, jadi dipariksa heula.
cause-destination_changed = Tujuan upah ieu béda jeung saméméhna, jadi dipariksa heula.
cause-destination_shared = Rékening atawa dompét ieu kacatet keur leuwih ti saurang pekerja.
cause-cancelled_by_employer = Pangmayaran ieu dieureunkeun ku dunungan.
cause-said = Alesan ti dunungan: “{ $words }”.
cause-reference_clash = Nomer kiriman ieu sarua jeung nomer kiriman séjén.

next-invalid_account = Pariksa nomer dina buku tabungan atawa aplikasi dompét. Béré nomer nu bener ka { -kantor }.
next-inactive_account = Pénta bank atawa dompét ngaktipkeun deui, terus béjaan { -kantor }. { -rekening-sejen }
next-dormant_account = Bawa KTP ka bank jeung pénta rékening diaktipkeun deui. { -bejaan } { -rekening-sejen }
next-account_declined = Tanyakeun ka bank anjeun aya naon jeung rékening ieu. { -rekening-sejen }
next-amount_over_limit = Dunungan kudu maké tujuan séjén. Anjeun bisa méré rékening bank séjén atas ngaran anjeun.
next-account_limit_reached = Dagoan nepi ka watesna dibuka deui, terus béjaan { -kantor }. { -rekening-sejen }
next-too_many_transactions = Dagoan nepi ka isukan, terus béjaan { -kantor }. { -rekening-sejen }
next-bank_not_reachable = Dunungan kudu néangan jalan séjén. Anjeun meunang méré rékening di bank séjén.
next-not_permitted = Dunungan kudu nanya ka bank. Anjeun meunang méré rékening séjén atas ngaran anjeun.
next-suspected_fraud = Anjeun teu dituduh salah. Dunungan kudu geura-giru nanya ka bank.
next-suspended = { -tenang } Dunungan kudu geura-giru nanya ka bank.
next-insufficient_funds = { -tenang } Dunungan kudu ngeusian saldo heula.
next-bad_request = { -tenang } Dunungan kudu ngoméan paréntah kirim.
next-credentials_refused = { -tenang } Dunungan kudu nganyarkeun koncina.
next-feature_not_allowed = { -tenang } Dunungan kudu ngurus jeung bank.
next-payer_blocked = { -tenang } Dunungan kudu ngurus jeung bank.
next-payer_limit_reached = { -tenang } Dunungan kudu ngirim deui isukan.
next-outside_hours = { -tenang } Upah dikirim lamun layanan bank buka.
next-too_many_requests = { -tenang } Urang nungguan sakeudeung, terus nyoba deui.
next-rail_unreachable = { -tenang } Urang nyoba deui.
next-request_expired = { -tenang } Dunungan kudu ngirim deui.
next-transfer_failed = { -tenang } Dunungan kudu nanya ka bank, terus ngirim deui.
next-transfer_cancelled = { -tenang } Dunungan kudu nanya ka bank, terus ngirim deui.
next-other_refusal = { -tenang } Dunungan kudu nanya ka bank.
next-in_progress = { -tenang } Urang terus nanya ka bank.
next-no_answer = Anjeun cukup nungguan. Lamun bisa, pariksa saldo anjeun.
next-interrupted = Anjeun cukup nungguan. Lamun bisa, pariksa saldo anjeun.
next-duplicate_reference = Anjeun cukup nungguan. Lamun bisa, pariksa saldo anjeun.
next-reference_too_old = Pariksa saldo anjeun, terus béjaan { -kantor }. Kantor éta kudu nanya ka bank.
next-resend_refused = { -tenang } Dunungan kudu nanya ka bank, terus ngirim deui.
next-stated_refused = Pariksa saldo anjeun, terus béjaan { -kantor }. Kantor éta kudu nyieun paréntah anyar.
next-evidence_conflict = Pariksa saldo anjeun, terus béjaan { -kantor }. Kantor éta kudu nanya ka bank.
next-rail_changed = Pariksa saldo anjeun, terus béjaan { -kantor }. Kantor éta kudu nanya ka bank.
next-overpaid = { $excess ->
    [yes] Duit leuwihna lain upah anjeun, ulah dipaké heula. Hubungi { -kantor }. Kantor bakal mantuan mulangkeun.
   *[no] { -tenang } Dunungan mastikeun upah ieu teu dikirim deui.
}
next-returned = Pariksa naha rékening atawa dompét anjeun masih aktip. Béré tujuan nu bener ka { -kantor }.
next-name_differs = Cocogkeun ngaran dina buku tabungan jeung ngaran anjeun di luhur. Béjaan { -kantor } lamun aya nu salah.
next-no_route = Dunungan kudu nambahan jalan. Anjeun ogé meunang méré rékening séjén atas ngaran anjeun.
next-over_rail_limit = { -tenang } Dunungan kudu maké jalan séjén.
next-refused_repeatedly = { -tenang } Dunungan kudu nanya ka bank.
next-waits_for_approval = { -tenang } Dunungan kudu nyatujuan daptar upah.
next-possible_duplicate = { -tenang } Dunungan mastikeun upah ieu can kungsi dibayar.
next-destination_changed = Lamun anjeun teu ngaganti tujuan, geura béjaan { -kantor }. Lamun bener, anjeun cukup nungguan.
next-destination_shared = Pariksa naha rékening atawa dompét éta atas ngaran anjeun. Béjaan { -kantor } lamun lain.
next-cancelled_by_employer = Tanyakeun alesanana ka { -kantor }.
next-reference_clash = { -tenang } Dunungan kudu ngoméan.
next-state-ready = { -tenang } Upah dikirim dina kiriman salajengna.
next-state-ready_elsewhere = Urang maké tujuan salajengna nu ku anjeun didaptarkeun. Oméan ogé tujuan nu ditolak tadi.
next-state-sending = { -tenang } Urang nungguan jawaban bank.
next-state-on_sheet = { -tenang } Dunungan mayar tina lambar éta.
next-state-sheet_in_doubt = { -tenang } Dunungan kudu mariksa naha kode éta geus dibayar.
next-state-refused = { -tenang } Urang milih léngkah salajengna.
next-state-settled = Simpen catetan ieu, terus cocogkeun jeung saldo anjeun.

ask-worker = Lamun can jelas, tanyakeun ka { -kantor } atawa pengantar kerja.
ask-employer = Tanyakeun ka { -kantor }. Lamun teu dijawab, tepungan pengantar kerja di Disnaker.
ask-provider = Lamun nepi ka tanggal éta duit can asup, tanyakeun ka { -kantor }.
ask-upah = Lamun nepi ka tanggal éta can aya béja, tanyakeun ka { -kantor }.
ask-nobody = Lamun duit can katingali, tanyakeun ka bank atawa dompét. Témbongkeun nomer rujukanana.

short-notice = UJI COBA.
short-headline = Upah { $when } { $amount }: { $stands }.
short-bare = Upah { $when } { $amount }.
short-week = minggu { $date }
short-state-awaiting_approval = nungguan disatujuan
short-state-ready = kari dikirim
short-state-sending = keur dikirim
short-state-pending = { $way ->
    [sheet] nungguan dibayar
   *[bank] digarap bank
}
short-state-unknown = can jelas
short-state-settled = { $excess ->
    [yes] asup dobel
   *[no] { $proof ->
        [people] asup, ceuk jalma
       *[bank] geus asup
    }
}
short-state-refused = ditolak ku bank
short-state-returned = duit balik deui
short-state-needs_action = { $money ->
    [with_worker] kudu dipariksa
   *[other] can bérés
}
short-state-cancelled = dieureunkeun
short-money-with_payer = Duit masih di dunungan.
short-money-came_back = Duit balik ka dunungan.
short-money-unclear = Can pasti duitna di mana.
short-money-with_worker = Duit di rékening atawa dompét { $you }.
short-money-excess = Leuwihna { $more }.
short-tail = Tujuanana { $tail }.
short-acts = Nu ngurus: { $who }. Wates: { $date }.
short-acts-no_date = Nu ngurus: { $who }.
short-who-worker = { $you }
short-who-employer = dunungan
short-who-provider = bank
short-who-upah = sistem
short-ask = Tanya: kantor dunungan.
short-ask-next = Terus: Disnaker.
short-fee = Dipotong { $part } keur ongkos: tanya dunungan.
short-compare_erased = Catetan { $before } geus dipupus.
short-compare = { $effect ->
    [more] Naék { $change } ti { $before }.
    [less] Turun { $change } ti { $before }.
   *[same] Sarua jeung { $before }.
}
short-number = No: { $payment }.

erased-headline = Catetan pangmayaran ieu geus dipupus.
erased-stood = Kaayaan panungtung saméméh dipupus: { $stands }.
erased-money-arrived = Numutkeun catetan panungtung éta, duitna geus asup.
erased-money-untold = Duitna di mana teu bisa ditingali deui di dieu.
erased-left = Ngaran, jumlah, jeung rékening teu disimpen deui.
erased-slip = Slip heubeul { $you } masih bisa dipariksa. Bawa ka pengantar kerja.
erased-ask = Lamun aya patarosan, hubungi { -kantor }. Sebutkeun nomer pangmayaranana.

compare-erased = Catetan upah éta geus dipupus, jadi bédana teu bisa diitung deui.
compare-difference = { $effect ->
    [more] Upah ieu leuwih gedé { $change }.
    [less] Upah ieu leuwih leutik { $change }.
   *[same] Jumlahna sarua.
}
rights-late = { $standing ->
    [paid] Upah ieu kacatet asup { $days } poé sanggeusna.
   *[open] Nepi ka poé ieu geus liwat { $days } poé.
}
rights-fine = { $standing ->
    [paid] Kira-kira denda pikeun dunungan: { $fine }.
   *[open] Kira-kira denda pikeun dunungan nepi ka poé ieu: { $fine }.
}
