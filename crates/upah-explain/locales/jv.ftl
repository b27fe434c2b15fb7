# Basa Jawa. KONSEP: durung dipriksa wong sing guneman Jawa. / A draft that no speaker has checked.
#
# Told to workers; what is missing here is told in Bahasa Indonesia, behind [id]. Names of months, places and kinds
# of pay stay as id.ftl has them. Amounts are never translated.

-tenang = Sampeyan ora prelu nindakake apa-apa.
-kantor = kantor panggonan nyambut gawe
-rekening-liya = Utawa wenehna rekening liya atas jeneng sampeyan.
-kabari = Banjur kabarana { -kantor }.

you = { $audience ->
    [worker] sampeyan
   *[other] pekerja
}
your = { $audience ->
    [worker] sampeyan
   *[other] pekerja
}
notice-draft = KONSEP: belum diperiksa penutur bahasa Jawa. Tanda [id] berarti kalimat itu masih Bahasa Indonesia. Iki durung dipriksa wong sing guneman Jawa. Tandha [id] tegese isih basa Indonesia.
short-draft = KONSEP.
notice-sandbox = UJI COBA: iki mung latihan, dudu bayaran tenanan.

headline-awaiting_approval = { $name }: upah { $period } ngenteni disetujoni.
headline-ready = { $name }: upah { $period } wis cumawis, kari dikirim.
headline-sending = { $name }: upah { $period } lagi dikirim.
headline-pending = { $way ->
    [sheet] { $name }: upah { $period } ana ing lembar QRIS, ngenteni dibayar.
   *[bank] { $name }: upah { $period } lagi digarap bank.
}
headline-unknown = { $name }: bank durung mangsuli kanthi cetha bab upah { $period }.
headline-settled = { $excess ->
    [yes] { $name }: upah { $period } mlebu luwih saka sepisan.
   *[no] { $proof ->
        [people] { $name }: upah { $period } kacathet mlebu, dudu miturut bank.
       *[bank] { $name }: upah { $period } wis mlebu.
    }
}
headline-refused = { $name }: upah { $period } ditampik bank.
headline-returned = { $name }: upah { $period } wis dikirim, banjur dhuwite bali.
headline-needs_action = { $money ->
    [with_worker] { $name }: upah { $period } wis mlebu, nanging kudu dipriksa.
   *[other] { $name }: upah { $period } durung rampung lan butuh pitulungan.
}
headline-cancelled = { $name }: upah { $period } diendhegake juragan.

question-amount = Kena apa upahku semene?
question-where = Ana ngendi dhuwitku?
question-fee = Sapa sing mbayar ragade?
question-failed = Kena apa gagal, lan aku kudu apa?
question-genuine = Apa slip iki asli?
question-compare = Apa bedane karo upah { $earlier }?
question-rights = Apa upah iki telat?

amount-period = Upah iki kanggo { $period }.
amount-net = Cacahe upah iki: { $amount }.
amount-words = Yen ditembungake: { $words } rupiah.
amount-no_breakdown = Juragan nyebut jumlah iki tanpa rincian.

picture-title = Yen tunai, padha karo:
picture-notes = { $count } lembar { $value }
picture-coins = { $count } keping { $value }
picture-rest = Turahane { $rest } ({ $words } rupiah), luwih cilik saka dhuwit receh paling cilik.

state-awaiting_approval = Upah iki durung dikirim amarga ngenteni disetujoni.
state-ready = Upah iki wis cumawis, nanging durung dikirim.
state-sending = Prentah kirim wis digawe. Wangsulane bank lagi dienteni.
state-pending = { $way ->
    [sheet] Kode QRIS ana ing lembar. Juragan mbayar nganggo HP.
   *[bank] Bank wis nampa prentah kirim. Bank lagi nggarap.
}
state-unknown = Bank durung mangsuli kanthi cetha. Kita terus takon marang bank. Sasuwene iku, dhuwit ora dikirim kaping pindho.
state-settled = Upah iki kacathet wis dibayar.
state-refused = Bank nampik prentah kirim iki.
state-returned = Upah iki wis dikirim, banjur dhuwite bali.
state-needs_action = Bayaran iki mandheg dhisik lan ngenteni pitulungane wong.
state-cancelled = Juragan ngendhegake bayaran iki.

money-with_payer = { $state ->
    [cancelled] Dhuwit upah iki ora metu saka rekeninge juragan.
   *[other] Dhuwit upah iki durung metu saka rekeninge juragan.
}
money-came_back = Dhuwite wis bali menyang rekeninge juragan.
money-unclear = Durung mesthi dhuwite ana ngendi. Dhuwit iku bisa uga wis mlebu menyang { $place }.
money-excess = Dhuwit mlebu luwih saka sepisan. Turahane { $amount }.
money-returned = Dhuwit sing bali: { $amount }.
money-returned_differs = Jumlah iku beda karo upah sing dikirim. Juragan kudu nggoleki bedane.
money-returned_untold = Bank durung nyebut pira dhuwit sing bali.
proof-statement = Dhuwit wis mlebu miturut cathetan rekening ing bank.
proof-signed_callback = Dhuwit wis mlebu miturut kabar resmi saka bank.
proof-tls_response = Dhuwit wis mlebu miturut wangsulane bank.
proof-people = Dhuwit wis mlebu miturut { $people }, dudu miturut bank.

where-goal = Tujuan sing kacathet: { $place }.
where-due = Upah iki kudune dibayar paling telat { $date }.
where-due_late = Dhuwite mlebu sawise tanggal iku.
where-due_passed = Tanggal iku wis kliwat, lan dhuwite durung kacathet mlebu.
where-payment = Nomer bayaran: { $payment }.

timeline-none = Durung ana prentah kirim kanggo upah iki.
timeline-reference = Nomer rujukane: { $reference }.
result-sending = Wangsulane bank lagi dienteni.
result-unknown = Bank durung mangsuli kanthi cetha.
result-returned = Dhuwit saka prentah iku wis bali.

fee-bearer = Ragad kirim ditanggung juragan.
fee-amount = Ragad kirim sepisan: { $amount }.
fee-unknown = Gedhene ragad durung dingerteni.
fee-deducted = Nanging upah iki dipotong { $part } kanggo { $kind }. Takonna alesane marang juragan.

failed-nothing = { $proof ->
    [people] Ora ana gagal sing kacathet.
   *[bank] Ora ana sing gagal.
}
failed-no_longer = Kiriman sadurunge ora kasil, nanging pungkasane upah kacathet wis dibayar.
failed-not_yet = Durung ana sing gagal.
failed-unsure = Durung mesthi gagal.
step-who = Sing kudu tumindak: { $who }.
step-by = Paling telat { $date }.
step-news = Paling telat { $date } kudu ana kabar.
step-no_date = Durung ana tanggal sing ditemtokake.
who-worker = { $you }
who-employer = { -kantor }
who-provider = bank
who-upah = sistem upah
who-nobody = ora ana

cause-invalid_account = Nomer rekening utawa dompet { $you } ora ketemu.
cause-inactive_account = Rekening utawa dompet { $you } wis ditutup utawa ora aktif.
cause-dormant_account = Rekening { $you } diendhegake sauntara amarga suwe ora dienggo.
cause-account_declined = Bank sing nampa nampik amarga kahanan rekening { $you }.
cause-amount_over_limit = Rekening utawa dompet { $you } ora bisa nampa dhuwit semene akehe.
cause-account_limit_reached = Wates dhuwit mlebu ing rekening utawa dompet { $you } wis kebak.
cause-too_many_transactions = Kakehan transaksi ing rekening utawa dompet { $you }.
cause-bank_not_reachable = Bank tujuan ora bisa digayuh liwat dalan iki.
cause-not_permitted = Kiriman kaya ngene ora diidini kanggo tujuan iku.
cause-suspected_fraud = Bank nampik amarga curiga. Iku durung ateges { $you } salah.
cause-suspended = Bank ngendhegake kiriman iki sauntara.
cause-insufficient_funds = Saldo rekeninge juragan ora cukup.
cause-bad_request = Bank ora nampa isine prentah kirim saka juragan.
cause-credentials_refused = Bank nampik kunci mlebu duweke juragan.
cause-feature_not_allowed = Prajanjen juragan karo bank durung nyakup kiriman iki.
cause-payer_blocked = Bank mblokir layanan kanggo juragan.
cause-payer_limit_reached = Wates kirim sedinane juragan wis entek.
cause-outside_hours = Prentah kirim teka ing sanjabane jam layanan bank.
cause-too_many_requests = Bank lagi repot lan njaluk kita ngenteni.
cause-rail_unreachable = Bank ora bisa dihubungi, dadi prentah durung mangkat.
cause-request_expired = Miturut bank, wektune prentah kirim iki wis kliwat.
cause-transfer_failed = Bank nyatakake kiriman iki gagal.
cause-transfer_cancelled = Bank nyatakake kiriman iki dibatalake.
cause-other_refusal = Bank nampik kiriman iki kanthi alesan liya.
cause-in_progress = { $way ->
    [sheet] Kode ing lembar durung kabukten dibayar.
   *[bank] Bank isih nggarap prentah kirim iki.
}
cause-no_answer = Wangsulane bank ora teka utawa ora cetha.
cause-interrupted = Sistem upah mandheg nalika prentah lagi dikirim.
cause-duplicate_reference = Bank kandha wis kenal nomer kiriman iki. Kita takon bab kiriman sing kapisan.
cause-reference_too_old = Bank ora nemu kiriman iki. Wis kesuwen kanggo mesthekake tanpa pitulungane wong.
cause-resend_refused = Kiriman baleni ditampik. Kiriman kapisan ora ketemu ing bank.
cause-stated_refused = Miturut { $people }, prentah iku ora dilakokake. Bank dhewe durung ngomong.
cause-evidence_conflict = Katrangane bank ora cocog karo cathetan kita.
cause-rail_changed = Setelan dalan bank owah sawise prentah dikirim.
cause-overpaid = { $excess ->
    [yes] Dhuwit upah iki mlebu luwih saka sepisan.
   *[no] Dhuwit mlebu sawise kiriman sempat diarani gagal.
}
cause-returned = Bank mbalekake dhuwit iki sawise dikirim.
cause-name_differs = Jenenge sing duwe rekening beda karo jeneng ing daftar upah.
cause-no_route = Juragan durung duwe dalan menyang rekening utawa dompet { $you }.
cause-over_rail_limit = Upah iki luwih gedhe saka wates kirim sepisan.
cause-refused_repeatedly = Bank wis bola-bali nampik prentah saka juragan.
cause-waits_for_approval = Wong kapindho ing kantore juragan durung nyetujoni upah iki.
cause-possible_duplicate = Upah iki mirip karo bayaran liya, dadi dipriksa dhisik.
cause-destination_changed = Tujuan upah iki beda karo sadurunge, dadi dipriksa dhisik.
cause-destination_shared = Rekening utawa dompet iki kacathet kanggo luwih saka siji pekerja.
cause-cancelled_by_employer = Bayaran iki diendhegake juragan.
cause-said = Alesane juragan: “{ $words }”.
cause-reference_clash = Nomer kiriman iki padha karo nomer kiriman liya.

next-invalid_account = Priksanen nomer ing buku tabungan utawa aplikasi dompet. Wenehna nomer sing bener marang { -kantor }.
next-inactive_account = Jaluken bank utawa dompet ngaktifake maneh, banjur kabarana { -kantor }. { -rekening-liya }
next-dormant_account = Gawanen KTP menyang bank lan jaluken rekening diaktifake maneh. { -kabari } { -rekening-liya }
next-account_declined = Takonna marang bank sampeyan ana apa karo rekening iki. { -rekening-liya }
next-amount_over_limit = Juragan kudu nganggo tujuan liya. Sampeyan bisa menehi rekening bank liya atas jeneng sampeyan.
next-account_limit_reached = Entenana nganti watese dibukak maneh, banjur kabarana { -kantor }. { -rekening-liya }
next-too_many_transactions = Entenana nganti sesuk, banjur kabarana { -kantor }. { -rekening-liya }
next-bank_not_reachable = Juragan kudu golek dalan liya. Sampeyan oleh menehi rekening ing bank liya.
next-not_permitted = Juragan kudu takon marang bank. Sampeyan oleh menehi rekening liya atas jeneng sampeyan.
next-suspected_fraud = Sampeyan ora didakwa salah. Juragan kudu enggal takon marang bank.
next-suspended = { -tenang } Juragan kudu enggal takon marang bank.
next-insufficient_funds = { -tenang } Juragan kudu ngisi saldo dhisik.
next-bad_request = { -tenang } Juragan kudu ndandani prentah kirim.
next-credentials_refused = { -tenang } Juragan kudu nganyari kuncine.
next-feature_not_allowed = { -tenang } Juragan kudu ngurus karo bank.
next-payer_blocked = { -tenang } Juragan kudu ngurus blokir karo bank.
next-payer_limit_reached = { -tenang } Juragan kudu ngirim maneh sesuk.
next-outside_hours = { -tenang } Upah dikirim nalika layanan bank bukak.
next-too_many_requests = { -tenang } Kita ngenteni sedhela, banjur nyoba maneh.
next-rail_unreachable = { -tenang } Kita nyoba maneh.
next-request_expired = { -tenang } Juragan kudu ngirim maneh.
next-transfer_failed = { -tenang } Juragan kudu takon marang bank, banjur ngirim maneh.
next-transfer_cancelled = { -tenang } Juragan kudu takon marang bank, banjur ngirim maneh.
next-other_refusal = { -tenang } Juragan kudu takon marang bank.
next-in_progress = { -tenang } Kita terus takon marang bank.
next-no_answer = Sampeyan cukup ngenteni. Yen bisa, priksanen saldo sampeyan.
next-interrupted = Sampeyan cukup ngenteni. Yen bisa, priksanen saldo sampeyan.
next-duplicate_reference = Sampeyan cukup ngenteni. Yen bisa, priksanen saldo sampeyan.
next-reference_too_old = Priksanen saldo sampeyan, banjur kabarana { -kantor }. Kantor iku kudu takon marang bank.
next-resend_refused = { -tenang } Juragan kudu takon marang bank, banjur ngirim maneh.
next-stated_refused = Priksanen saldo sampeyan, banjur kabarana { -kantor }. Kantor iku kudu gawe prentah anyar.
next-evidence_conflict = Priksanen saldo sampeyan, banjur kabarana { -kantor }. Kantor iku kudu takon marang bank.
next-rail_changed = Priksanen saldo sampeyan, banjur kabarana { -kantor }. Kantor iku kudu takon marang bank.
next-overpaid = { $excess ->
    [yes] Dhuwit turahan iku dudu upah sampeyan, mula aja dienggo dhisik. Hubungana { -kantor }. Kantor bakal ngewangi mbalekake.
   *[no] { -tenang } Juragan mesthekake upah iki ora dikirim maneh.
}
next-returned = Priksanen apa rekening utawa dompet sampeyan isih aktif. Wenehna tujuan sing bener marang { -kantor }.
next-name_differs = Cocogna jeneng ing buku tabungan karo jeneng sampeyan ing dhuwur. Kabarana { -kantor } yen ana sing salah.
next-no_route = Juragan kudu nambah dalan. Sampeyan uga oleh menehi rekening liya atas jeneng sampeyan.
next-over_rail_limit = { -tenang } Juragan kudu nganggo dalan liya.
next-refused_repeatedly = { -tenang } Juragan kudu takon marang bank.
next-waits_for_approval = { -tenang } Juragan kudu nyetujoni daftar upah.
next-possible_duplicate = { -tenang } Juragan mesthekake yen upah iki durung tau dibayar.
next-destination_changed = Yen sampeyan ora ngganti tujuan, enggal kabarana { -kantor }. Yen bener, sampeyan cukup ngenteni.
next-destination_shared = Priksanen apa rekening utawa dompet iku atas jeneng sampeyan. Kabarana { -kantor } yen dudu.
next-cancelled_by_employer = Takonna alesane marang { -kantor }.
next-reference_clash = { -tenang } Juragan kudu ndandani.
next-state-ready = { -tenang } Upah dikirim ing kiriman sabanjure.
next-state-ready_elsewhere = Kita nganggo tujuan sabanjure sing sampeyan daftarake. Dandanana uga tujuan sing ditampik mau.
next-state-sending = { -tenang } Kita ngenteni wangsulane bank.
next-state-on_sheet = { -tenang } Juragan mbayar saka lembar iku.
next-state-sheet_in_doubt = { -tenang } Juragan kudu mriksa apa kode iku wis dibayar.
next-state-refused = { -tenang } Kita milih langkah sabanjure.
next-state-settled = Simpenen cathetan iki, banjur cocogna karo saldo sampeyan.

ask-worker = Yen durung cetha, takonna marang { -kantor } utawa pengantar kerja.
ask-employer = Takonna marang { -kantor }. Yen ora diwangsuli, temonana pengantar kerja ing Disnaker.
ask-provider = Yen nganti tanggal iku dhuwit durung mlebu, takonna marang { -kantor }.
ask-upah = Yen nganti tanggal iku durung ana kabar, takonna marang { -kantor }.
ask-nobody = Yen dhuwit durung katon, takonna marang bank utawa dompet. Tuduhna nomer rujukane.

short-notice = UJI COBA.
short-headline = Upah { $when } { $amount }: { $stands }.
short-bare = Upah { $when } { $amount }.
short-week = minggu { $date }
short-state-awaiting_approval = ngenteni disetujoni
short-state-ready = kari dikirim
short-state-sending = lagi dikirim
short-state-pending = { $way ->
    [sheet] ngenteni dibayar
   *[bank] digarap bank
}
short-state-unknown = durung cetha
short-state-settled = { $excess ->
    [yes] mlebu dobel
   *[no] { $proof ->
        [people] mlebu, dudu miturut bank
       *[bank] wis mlebu
    }
}
short-state-refused = ditampik bank
short-state-returned = dhuwit bali
short-state-needs_action = { $money ->
    [with_worker] kudu dipriksa
   *[other] durung rampung
}
short-state-cancelled = diendhegake
short-money-with_payer = Dhuwit isih ana juragan.
short-money-came_back = Dhuwit bali menyang juragan.
short-money-unclear = Durung mesthi dhuwite ana ngendi.
short-money-with_worker = Dhuwit ing rekening utawa dompet { $you }.
short-money-excess = Turahane { $more }.
short-tail = Tujuane { $tail }.
short-acts = Tumindak: { $who }. Wates: { $date }.
short-acts-no_date = Tumindak: { $who }.
short-who-worker = { $you }
short-who-employer = juragan
short-who-provider = bank
short-who-upah = sistem
short-ask = Takon: kantor juragan.
short-ask-next = Banjur: Disnaker.
short-fee = Dipotong { $part } kanggo ragad: takon juragan.
short-compare_erased = Cathetan { $before } wis dibusak.
short-compare = { $effect ->
    [more] Mundhak { $change } saka { $before }.
    [less] Mudhun { $change } saka { $before }.
   *[same] Padha karo { $before }.
}
short-number = No: { $payment }.

erased-headline = Cathetan bayaran iki wis dibusak.
erased-stood = Kahanan pungkasan sadurunge dibusak: { $stands }.
erased-money-arrived = Miturut cathetan pungkasan iku, dhuwite wis mlebu.
erased-money-untold = Dhuwite ana ngendi ora bisa dideleng maneh ing kene.
erased-left = Jeneng, jumlah, lan rekening ora disimpen maneh.
erased-slip = Slip lawas { $you } isih bisa dipriksa. Gawanen menyang pengantar kerja.
erased-ask = Yen ana pitakon, hubungana { -kantor }. Sebuten nomer bayarane.

compare-erased = Cathetan upah iku wis dibusak, dadi bedane ora bisa diitung maneh.
compare-difference = { $effect ->
    [more] Upah iki luwih akeh { $change }.
    [less] Upah iki luwih sithik { $change }.
   *[same] Cacahe padha.
}
rights-late = { $standing ->
    [paid] Upah iki kacathet mlebu { $days } dina sawise.
   *[open] Nganti dina iki wis kliwat { $days } dina.
}
rights-fine = { $standing ->
    [paid] Kira-kira dhendha kanggo juragan: { $fine }.
   *[open] Kira-kira dhendha kanggo juragan nganti dina iki: { $fine }.
}
