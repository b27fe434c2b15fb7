# Bahasa Indonesia, yang utama. Bahasa Inggris di en.ftl memuat kunci yang sama.
#
# Untuk orang yang tamat sekolah dasar: satu kalimat satu hal, paling banyak lima belas kata, satu angka.
# Kunci dibuat dari kode keadaan dan kode sebab di upah-core; sebuah tes menagih kunci yang belum ada.
#
# Tersedia di semua kalimat: $audience (worker, counsellor, employer), $you (Anda, pekerja), $your,
# $name, $period, $amount, $place, $payment, $state, $money, $excess, $proof, $people, $actor, $late.

-tenang = Anda tidak perlu berbuat apa-apa.
-berkas-baru = Masukkan ke daftar upah baru, lalu minta persetujuan.
-rekening-lain = Atau berikan rekening lain atas nama Anda kepada kantor pemberi kerja.
-kabari-kantor = Lalu kabari kantor pemberi kerja.
-jangan-ulang = Jangan mengirim dengan cara lain sebelum jelas.
-disnaker = Kalau tidak dijawab, temui pengantar kerja di Disnaker.

## Sapaan dan waktu

you = { $audience ->
    [worker] Anda
   *[other] pekerja
}
your = { $audience ->
    [worker] Anda
   *[other] pekerja
}
two-people = dua orang
named-people = { $first } dan { $second }
notice-sandbox = UJI COBA: ini latihan, bukan pembayaran sungguhan.
when = { $date } pukul { $clock } WIB
date = { $day } { $month } { $year }
period-day = { $date }
period-week = minggu mulai { $date }
period-month = { $month } { $year }
month-1 = Januari
month-2 = Februari
month-3 = Maret
month-4 = April
month-5 = Mei
month-6 = Juni
month-7 = Juli
month-8 = Agustus
month-9 = September
month-10 = Oktober
month-11 = November
month-12 = Desember

## Tempat uang

place-bank = rekening { $bank } { $tail }
place-bank-untold = rekening bank berkode { $bank } { $tail }
place-ewallet = dompet { $wallet } { $tail }
place-phone = rekening bank dengan nomor HP { $tail }
place-email = rekening bank dengan email { $tail }
place-qris = kode QRIS { $tail }
place-untold = tujuan yang tercatat waktu itu

## Judul

headline-awaiting_approval = { $name }: upah { $period } menunggu persetujuan.
headline-ready = { $name }: upah { $period } siap dikirim.
headline-sending = { $name }: upah { $period } sedang dikirim.
headline-pending = { $way ->
    [sheet] { $name }: upah { $period } ada di lembar QRIS dan menunggu dibayar.
   *[bank] { $name }: upah { $period } sedang dikerjakan bank.
}
headline-unknown = { $name }: bank belum menjawab jelas tentang upah { $period }.
headline-settled = { $excess ->
    [yes] { $name }: upah { $period } masuk lebih dari sekali.
   *[no] { $proof ->
        [people] { $name }: upah { $period } tercatat masuk, bukan menurut bank.
       *[bank] { $name }: upah { $period } sudah masuk.
    }
}
headline-refused = { $name }: upah { $period } ditolak bank.
headline-returned = { $name }: upah { $period } sudah dikirim, lalu uangnya kembali.
headline-needs_action = { $money ->
    [with_worker] { $name }: upah { $period } sudah masuk, tetapi perlu diperiksa.
   *[other] { $name }: upah { $period } belum beres dan perlu bantuan.
}
headline-cancelled = { $name }: upah { $period } dihentikan pemberi kerja.

## Gambar uang

picture-title = Kalau tunai, sama dengan:
picture-notes = { $count } lembar { $value }
picture-coins = { $count } keping { $value }
picture-rest = Sisanya { $rest } ({ $words } rupiah), lebih kecil dari uang logam terkecil.

## Pertanyaan

question-amount = Kenapa upah saya sebesar ini?
question-where = Di mana uang saya?
question-fee = Siapa yang membayar biaya?
question-failed = Kenapa gagal dan apa yang harus saya lakukan?
question-genuine = Apakah slip ini asli?

## Kenapa sebesar ini

amount-employer = Pemberi kerja: { $employer }.
amount-period = Upah ini untuk { $period }.
amount-component = Bagian upah: { $kind }.
amount-net = Jumlah upah ini: { $amount }.
amount-words = Dalam kata: { $words } rupiah.
amount-no_breakdown = Pemberi kerja menyebut jumlah ini tanpa rincian.
amount-gross = Jumlah pendapatan: { $amount }.
amount-deducted = Jumlah potongan: { $amount }.
line-earning-stated = { $kind }: { $amount }, menurut pemberi kerja.
line-earning-computed = { $kind }: { $formula }.
line-deduction-stated = Potongan { $kind }: { $amount }, menurut pemberi kerja.
line-deduction-computed = Potongan { $kind }: { $formula }.
line-rule = Aturan hitungannya: { $rule }.
line-input = { $input }: { $value }, menurut pemberi kerja.

kind-wage = upah
kind-base = upah pokok
kind-commission = komisi
kind-bonus = bonus
kind-incentive = insentif
kind-overtime = upah lembur
kind-delivery = upah antar
kind-meal = uang makan
kind-transport = uang transpor
kind-thr = tunjangan hari raya
kind-shu = bagian sisa hasil usaha
kind-savings = tabungan
kind-loan = cicilan pinjaman
kind-advance = kasbon
kind-dues = iuran
kind-tax = pajak
kind-bpjs = iuran BPJS
kind-fee = biaya
kind-admin = biaya administrasi
kind-transfer-fee = biaya transfer
kind-other = “{ $kind }”

## Di mana uangnya

state-awaiting_approval = Upah ini belum dikirim karena menunggu persetujuan.
state-ready = Upah ini siap dikirim, tetapi belum dikirim.
state-sending = Perintah kirim sudah dibuat. Jawaban bank sedang ditunggu.
state-pending = { $way ->
    [sheet] Kode QRIS-nya ada di lembar. Pemberi kerja membayarnya dengan HP.
   *[bank] Bank sudah menerima perintah kirim. Bank sedang mengerjakannya.
}
state-unknown = Bank belum menjawab dengan jelas. Sistem upah terus bertanya kepada bank. Selama itu, uang tidak dikirim dua kali.
state-settled = Upah ini tercatat sudah dibayar.
state-refused = Bank menolak perintah kirim ini.
state-returned = Upah ini sudah dikirim, lalu uangnya kembali.
state-needs_action = Pembayaran ini berhenti dulu dan menunggu bantuan orang.
state-cancelled = Pemberi kerja menghentikan pembayaran ini.

money-with_payer = { $state ->
    [cancelled] Uang untuk upah ini tidak keluar dari rekening pemberi kerja.
   *[other] Uang untuk upah ini belum keluar dari rekening pemberi kerja.
}
money-came_back = Uangnya sudah kembali ke rekening pemberi kerja.
money-unclear = Belum pasti di mana uangnya. Uang itu mungkin sudah masuk ke { $place }.
money-excess = Uang masuk lebih dari sekali. Kelebihannya { $amount }.
money-returned = Uang yang kembali: { $amount }.
money-returned_differs = Jumlah itu berbeda dari upah yang dikirim. Pemberi kerja perlu mencari selisihnya.
money-returned_untold = Bank belum menyebut berapa uang yang kembali.

proof-statement = Uang sudah masuk menurut catatan rekening di bank.
proof-signed_callback = Uang sudah masuk menurut pemberitahuan resmi dari bank.
proof-tls_response = Uang sudah masuk menurut jawaban bank.
proof-people = Uang sudah masuk menurut { $people }, bukan menurut bank.

where-goal = Tujuan yang tercatat: { $place }.
where-due = Upah ini seharusnya dibayar paling lambat { $date }.
where-due_late = Uangnya masuk setelah tanggal itu.
where-due_passed = Tanggal itu sudah lewat, dan uangnya belum tercatat masuk.
where-payment = Nomor pembayaran: { $payment }.
where-reinstructed = Pemberi kerja sudah memperbarui data upah ini.

name-match = Nama pemilik rekening cocok dengan nama di daftar upah.
name-close = Nama pemilik rekening mirip dengan nama di daftar upah.
name-differs = Nama pemilik rekening berbeda dari nama di daftar upah.
name-not_supported = Bank tidak menyebut nama pemilik rekening.
name-likeness = Kedua nama itu sama { $score } persen.
name-because-same_words = Kata-kata di kedua nama itu sama.
name-because-words_missing = Ada kata yang hanya ada di salah satu nama.
name-because-written_together = Yang berbeda hanya spasi di antara kata.
name-because-other_spelling = Ada kata yang disingkat atau ditulis dengan ejaan lain.
name-because-initial = Ada kata yang hanya ditulis huruf depannya.
name-because-masked = Bank menyembunyikan sebagian huruf; huruf yang terlihat cocok.
name-because-words_differ = Ada kata yang sama sekali berbeda.

## Mengapa lewat jalur ini

way-waits = Jalur “{ $rail }” sedang tutup. Jalur itu buka pada { $when }.
way-order = Di antara jalur yang cocok, pemberi kerja menyebut jalur ini lebih dulu.
way-cheapest = Di antara jalur yang cocok, jalur ini paling murah.
way-cost = Biaya kirim lewat jalur ini { $fee }.
way-over_limit = Jalur “{ $rail }” tidak mengirim uang sebesar ini sekaligus.
way-under_limit = Jalur “{ $rail }” tidak mengirim uang sekecil ini.
way-closed = Jalur “{ $rail }” sedang tutup waktu itu.
way-dearer = Jalur “{ $rail }” lebih mahal, atau biayanya belum diketahui.
way-later = Pemberi kerja menyebut jalur “{ $rail }” belakangan.

## Urutan kejadian

timeline-none = { $state ->
    [cancelled] Tidak ada perintah kirim untuk upah ini.
   *[other] Belum ada perintah kirim untuk upah ini.
}
timeline-made = { $when }: perintah kirim dibuat lewat jalur “{ $rail }”.
timeline-place = Tujuan perintah itu: { $place }.
timeline-reference = Nomor rujukannya: { $reference }.
timeline-resent = { $when }: perintah yang sama dikirim ulang.
timeline-asked = { $when }: sistem upah bertanya kepada bank.
timeline-asked_count = Banyaknya pertanyaan sejak kiriman terakhir: { $count }.
timeline-not_found = { $when }: bank belum menemukan perintah itu.
timeline-settled_at = { $when }: uang tercatat masuk.
timeline-booked_debit = { $date }: rekening koran bank menunjukkan pembayaran ini.
timeline-booked_credit = { $date }: rekening koran bank menunjukkan uang ini kembali.
timeline-booked_other = Rekening koran bank menunjukkan jumlah yang lain: { $booked }.
timeline-resolved_settled = { $when }: { $people } menyatakan uang sudah masuk.
timeline-resolved_refused = { $when }: { $people } menyatakan perintah itu tidak dijalankan.
result-sending = Jawaban bank sedang ditunggu.
result-not_sent = Perintah itu terbukti belum dijalankan.
result-pending = { $way ->
    [sheet] Belum ada bukti bahwa kode itu sudah dibayar.
   *[bank] Bank menerima perintah itu dan sedang mengerjakannya.
}
result-unknown = Bank belum menjawab dengan jelas.
result-refused = Perintah itu tercatat tidak dijalankan.
result-returned = Uang dari perintah itu sudah kembali.
result-disputed = Keterangan bank tentang perintah itu tidak cocok.
detail-provider_id = Nomor dari bank: { $id }.
detail-code = Kode jawaban bank: { $code }.
detail-grade-statement = Bukti: baris rekening koran.
detail-grade-signed_callback = Bukti: pemberitahuan bank yang bertanda tangan digital.
detail-grade-tls_response = Bukti: jawaban bank lewat sambungan aman, tanpa tanda tangan.
detail-grade-people = Bukti: keterangan dua orang, dengan berkas.
detail-because = Alasan mereka: “{ $words }”.
detail-file = Sidik berkas mereka: { $digest }.
detail-cause = Kode sebab: { $code }.

## Biaya

fee-bearer = Biaya transfer ditanggung pemberi kerja.
fee-amount = Biaya sekali kirim: { $amount }.
fee-unknown = Besar biayanya belum diketahui.
fee-asked = Bank diminta menagih biaya transfer kepada pemberi kerja.
fee-conflict = Tetapi pengaturan kantor mencatat penanggung lain. Tanyakan hal ini kepada pemberi kerja.
fee-deducted = Tetapi upah ini dipotong { $part } untuk { $kind }. Tanyakan alasannya kepada kantor pemberi kerja.
fee-ask = { $audience ->
    [worker] Kalau tidak dijawab, temui pengantar kerja di Disnaker.
   *[other] Pekerja boleh bertanya kepada pengantar kerja di Disnaker.
}
fee-above_cap = Itu lebih besar dari biaya transfer BI-FAST antarbank. Biayanya paling banyak { $cap } sekali kirim.

## Gagal atau tidak

failed-nothing = { $proof ->
    [people] Tidak ada kegagalan yang tercatat.
   *[bank] Tidak ada yang gagal.
}
failed-no_longer = Kiriman sebelumnya tidak berhasil, tetapi upah akhirnya tercatat dibayar.
failed-not_yet = Belum ada yang gagal.
failed-unsure = Belum tentu gagal.
step-who = Yang harus bertindak: { $who }.
step-by = Paling lambat { $date }.
step-news = Paling lambat { $date } harus ada kabar.
step-no_date = Untuk ini belum ada tanggal yang ditetapkan.

who-worker = { $audience ->
    [worker] Anda
   *[other] pekerja
}
who-employer = { $audience ->
    [employer] Anda, sebagai pemberi kerja
   *[other] kantor pemberi kerja
}
who-provider = bank
who-upah = sistem upah di kantor pemberi kerja
who-nobody = tidak ada

## Sebab

cause-invalid_account = Nomor rekening atau dompet { $you } tidak ditemukan.
cause-inactive_account = Rekening atau dompet { $you } sudah ditutup atau tidak aktif.
cause-dormant_account = Rekening { $you } dihentikan sementara karena lama tidak dipakai.
cause-account_declined = Bank penerima menolak karena keadaan rekening { $you }.
cause-amount_over_limit = Rekening atau dompet { $you } tidak bisa menerima uang sebesar ini.
cause-account_limit_reached = Rekening atau dompet { $you } sudah mencapai batas uang masuk.
cause-too_many_transactions = Terlalu banyak transaksi di rekening atau dompet { $you }.
cause-bank_not_reachable = Bank tujuan tidak bisa dicapai lewat jalur ini.
cause-not_permitted = Jenis kiriman ini tidak diizinkan untuk tujuan itu.
cause-suspected_fraud = Bank menolak kiriman ini karena curiga. Ini belum berarti { $you } bersalah.
cause-suspended = Bank menghentikan kiriman ini untuk sementara.
cause-insufficient_funds = Saldo rekening pemberi kerja tidak cukup.
cause-bad_request = Bank tidak menerima isi perintah kirim dari kantor pemberi kerja.
cause-credentials_refused = Bank menolak kunci masuk milik kantor pemberi kerja.
cause-feature_not_allowed = Perjanjian pemberi kerja dengan bank belum mencakup kiriman ini.
cause-payer_blocked = Bank memblokir layanan untuk pemberi kerja.
cause-payer_limit_reached = Batas kirim harian pemberi kerja sudah habis.
cause-outside_hours = Perintah kirim datang di luar jam layanan bank.
cause-too_many_requests = Bank sedang sibuk dan meminta sistem upah menunggu.
cause-rail_unreachable = Bank tidak bisa dihubungi, jadi perintah belum berangkat.
cause-request_expired = Menurut bank, waktu perintah kirim ini sudah lewat.
cause-transfer_failed = Bank menyatakan bahwa kiriman ini gagal.
cause-transfer_cancelled = Bank menyatakan bahwa kiriman ini dibatalkan.
cause-other_refusal = Bank menolak kiriman ini dengan alasan lain.
cause-in_progress = { $way ->
    [sheet] Kode di lembar belum terbukti dibayar.
   *[bank] Bank masih mengerjakan perintah kirim ini.
}
cause-no_answer = Jawaban bank tidak datang atau tidak jelas.
cause-interrupted = Sistem upah berhenti saat perintah sedang dikirim.
cause-duplicate_reference = Bank berkata sudah mengenal nomor kiriman ini. Sistem upah menanyakan kiriman yang pertama.
cause-reference_too_old = Bank tidak menemukan kiriman ini. Waktunya sudah terlalu lama untuk memastikannya tanpa bantuan orang.
cause-resend_refused = Kiriman ulang ditolak. Kiriman pertama tidak ditemukan di bank.
cause-stated_refused = Menurut { $people }, perintah itu tidak dijalankan. Bank sendiri belum mengatakannya.
cause-evidence_conflict = Keterangan bank tidak cocok dengan catatan sistem upah.
cause-rail_changed = Pengaturan jalur bank berubah setelah perintah dikirim.
cause-overpaid = { $excess ->
    [yes] Uang untuk upah ini masuk lebih dari sekali.
   *[no] Uang masuk setelah kiriman sempat dinyatakan gagal.
}
cause-returned = Bank mengembalikan uang ini setelah dikirim.
cause-name_differs = Nama pemilik rekening berbeda dari nama di daftar upah.
cause-no_route = Pemberi kerja belum punya jalur ke rekening atau dompet { $you }.
cause-over_rail_limit = Upah ini lebih besar dari batas sekali kirim.
cause-refused_repeatedly = Bank sudah beberapa kali menolak perintah dari pemberi kerja.
cause-waits_for_approval = Orang kedua di kantor pemberi kerja belum menyetujui upah ini.
cause-possible_duplicate = Upah ini mirip dengan pembayaran lain, jadi diperiksa dulu.
cause-destination_changed = Tujuan upah ini berbeda dari tujuan sebelumnya, jadi diperiksa dulu.
cause-destination_shared = Rekening atau dompet ini tercatat untuk lebih dari satu pekerja.
cause-cancelled_by_employer = Pembayaran ini dihentikan oleh pemberi kerja.
cause-said = Alasan dari pemberi kerja: “{ $words }”.
cause-reference_clash = Nomor kiriman ini sama dengan nomor kiriman lain.

## Langkah berikutnya menurut sebab

next-invalid_account = { $audience ->
    [worker] Periksa nomor di buku tabungan atau aplikasi dompet Anda. Berikan nomor yang benar kepada kantor pemberi kerja.
    [counsellor] Bantu pekerja membaca nomor di buku tabungan atau aplikasi dompetnya. Pastikan nomor itu sampai ke pemberi kerja.
   *[employer] Minta nomor yang benar dari pekerja. { -berkas-baru }
}
next-inactive_account = { $audience ->
    [worker] Minta bank atau dompet mengaktifkannya lagi, lalu kabari kantor pemberi kerja. { -rekening-lain }
    [counsellor] Temani pekerja mengaktifkan rekening, atau membuka rekening lain atas namanya. Pastikan nomornya sampai ke pemberi kerja.
   *[employer] Minta rekening lain atas nama pekerja. { -berkas-baru }
}
next-dormant_account = { $audience ->
    [worker] Bawa KTP ke bank dan minta rekening diaktifkan lagi. { -kabari-kantor } { -rekening-lain }
    [counsellor] Temani pekerja ke bank dengan KTP untuk mengaktifkan rekening. Lalu kabari pemberi kerja.
   *[employer] Tunggu kabar pekerja, atau minta rekening lain atas namanya. { -berkas-baru }
}
next-account_declined = { $audience ->
    [worker] Tanyakan ke bank Anda apa yang terjadi dengan rekening ini. { -rekening-lain }
    [counsellor] Temani pekerja bertanya ke banknya. Pastikan tujuan yang benar sampai ke pemberi kerja.
   *[employer] Minta rekening lain atas nama pekerja. { -berkas-baru }
}
next-amount_over_limit = { $audience ->
    [worker] Kantor pemberi kerja harus memakai tujuan lain. Bantu dengan memberi rekening bank lain atas nama Anda.
    [counsellor] Tanyakan apakah pekerja punya rekening bank lain atas namanya. Sampaikan kepada pemberi kerja.
   *[employer] Minta tujuan lain yang bisa menerima uang sebesar ini. { -berkas-baru }
}
next-account_limit_reached = { $audience ->
    [worker] Tanyakan ke bank atau dompet kapan batasnya terbuka lagi. { -kabari-kantor } { -rekening-lain }
    [counsellor] Tanyakan bersama pekerja kapan batasnya terbuka lagi. Atau bantu dia memakai rekening lain. Lalu kabari pemberi kerja.
   *[employer] Tunggu kabar pekerja, atau minta rekening lain atas namanya. { -berkas-baru }
}
next-too_many_transactions = { $audience ->
    [worker] Tunggu sampai besok, lalu kabari kantor pemberi kerja. { -rekening-lain }
    [counsellor] Minta pekerja menunggu sampai besok, atau memberi rekening lain. Lalu kabari pemberi kerja.
   *[employer] Coba lagi besok, atau minta rekening lain atas nama pekerja. { -berkas-baru }
}
next-bank_not_reachable = { $audience ->
    [worker] Kantor pemberi kerja harus mencari jalur lain. Anda boleh memberi rekening di bank lain.
    [counsellor] Tanyakan apakah pekerja punya rekening di bank lain. Sampaikan kepada pemberi kerja.
   *[employer] Pakai jalur lain, atau minta rekening di bank lain. { -berkas-baru }
}
next-not_permitted = { $audience ->
    [worker] Kantor pemberi kerja harus bertanya kepada bank. Anda boleh memberi rekening lain atas nama Anda.
    [counsellor] Minta pemberi kerja bertanya kepada bank apa yang tidak diizinkan. Siapkan rekening lain bila perlu.
   *[employer] Tanyakan kepada bank apa yang tidak diizinkan. Lalu pakai tujuan atau jalur lain.
}
next-suspected_fraud = { $audience ->
    [worker] Anda tidak dituduh bersalah. Kantor pemberi kerja harus segera bertanya kepada bank.
    [counsellor] Minta pemberi kerja bertanya kepada bank. Jangan menyimpulkan bahwa pekerja bersalah.
   *[employer] Hubungi bank dan tanyakan alasannya. { -jangan-ulang }
}
next-suspended = { $audience ->
    [worker] { -tenang } Kantor pemberi kerja harus segera bertanya kepada bank.
    [counsellor] Minta pemberi kerja bertanya kepada bank sampai kapan kiriman ditahan.
   *[employer] Hubungi bank dan tanyakan mengapa kiriman ditahan. { -jangan-ulang }
}
next-insufficient_funds = { $audience ->
    [worker] { -tenang } Kantor pemberi kerja harus mengisi saldo dulu.
    [counsellor] Ingatkan pemberi kerja untuk mengisi saldo. Tanyakan kapan upah dikirim.
   *[employer] Isi saldo rekening pembayar. Lalu lanjutkan pengiriman.
}
next-bad_request = { $audience ->
    [worker] { -tenang } Kantor pemberi kerja harus memperbaiki perintah kirim.
    [counsellor] Minta pemberi kerja memperbaiki perintah kirim. Tanyakan kapan upah dikirim.
   *[employer] Periksa jawaban bank dan perbaiki data atau pengaturannya. { -berkas-baru }
}
next-credentials_refused = { $audience ->
    [worker] { -tenang } Kantor pemberi kerja harus memperbarui kuncinya.
    [counsellor] Minta pemberi kerja memperbarui kunci ke bank. Tanyakan kapan upah dikirim.
   *[employer] Periksa kunci masuk ke bank dan perbarui bila perlu. Lalu lanjutkan pengiriman.
}
next-feature_not_allowed = { $audience ->
    [worker] { -tenang } Kantor pemberi kerja harus mengurusnya dengan bank.
    [counsellor] Minta pemberi kerja mengurus layanan ini dengan bank. Tanyakan kapan upah dikirim.
   *[employer] Minta bank membuka layanan ini, atau pakai jalur lain. Lalu lanjutkan pengiriman.
}
next-payer_blocked = { $audience ->
    [worker] { -tenang } Kantor pemberi kerja harus mengurusnya dengan bank.
    [counsellor] Minta pemberi kerja mengurus blokir itu dengan bank. Tanyakan kapan upah dikirim.
   *[employer] Hubungi bank dan tanyakan cara membuka blokir. Lalu lanjutkan pengiriman.
}
next-payer_limit_reached = { $audience ->
    [worker] { -tenang } Kantor pemberi kerja harus mengirim lagi besok.
    [counsellor] Minta pemberi kerja melanjutkan pengiriman besok.
   *[employer] Lanjutkan pengiriman besok, atau minta bank menaikkan batasnya.
}
next-outside_hours = { $audience ->
    [worker] { -tenang } Upah dikirim saat layanan bank buka.
    [counsellor] Minta pekerja menunggu sampai layanan bank buka.
   *[employer] Lanjutkan pengiriman saat layanan bank buka.
}
next-too_many_requests = { $audience ->
    [worker] { -tenang } Sistem upah menunggu sebentar, lalu mencoba lagi.
    [counsellor] Minta pekerja menunggu sebentar. Sistem upah mencoba lagi.
   *[employer] Tunggu sebentar. Sistem upah mencoba lagi dengan lebih pelan.
}
next-rail_unreachable = { $audience ->
    [worker] { -tenang } Sistem upah mencoba lagi.
    [counsellor] Minta pekerja menunggu. Sistem upah mencoba lagi.
   *[employer] Periksa sambungan internet dan layanan bank. Lalu lanjutkan pengiriman.
}
next-request_expired = { $audience ->
    [worker] { -tenang } Kantor pemberi kerja harus mengirim lagi.
    [counsellor] Minta pemberi kerja melanjutkan pengiriman.
   *[employer] Periksa jam komputer, lalu lanjutkan pengiriman.
}
next-transfer_failed = { $audience ->
    [worker] { -tenang } Kantor pemberi kerja harus bertanya kepada bank, lalu mengirim lagi.
    [counsellor] Tanyakan kepada pemberi kerja apa kata bank. Pastikan ada perintah kirim yang baru.
   *[employer] Tanyakan penyebabnya kepada bank. { -berkas-baru }
}
next-transfer_cancelled = { $audience ->
    [worker] { -tenang } Kantor pemberi kerja harus bertanya kepada bank, lalu mengirim lagi.
    [counsellor] Tanyakan kepada pemberi kerja mengapa kiriman dibatalkan. Pastikan ada perintah kirim yang baru.
   *[employer] Tanyakan kepada bank mengapa kiriman dibatalkan. { -berkas-baru }
}
next-other_refusal = { $audience ->
    [worker] { -tenang } Kantor pemberi kerja harus bertanya kepada bank.
    [counsellor] Tanyakan kepada pemberi kerja apa alasan bank. Minta kode jawaban bank.
   *[employer] Tanyakan arti kode jawaban itu kepada bank. Perbaiki, lalu buat perintah kirim yang baru.
}
next-in_progress = { $audience ->
    [worker] { -tenang } Sistem upah terus bertanya kepada bank.
    [counsellor] Minta pekerja menunggu. Sistem upah terus bertanya kepada bank.
   *[employer] Tunggu jawaban bank. { -jangan-ulang }
}
next-no_answer = { $audience ->
    [worker] Anda cukup menunggu. Kalau bisa, periksa saldo Anda.
    [counsellor] Jelaskan bahwa uang mungkin sudah masuk. Minta pekerja memeriksa saldonya.
   *[employer] Biarkan sistem upah terus bertanya kepada bank. { -jangan-ulang }
}
next-interrupted = { $audience ->
    [worker] Anda cukup menunggu. Kalau bisa, periksa saldo Anda.
    [counsellor] Jelaskan bahwa uang mungkin sudah masuk. Minta pekerja memeriksa saldonya.
   *[employer] Jalankan lagi sistem upah supaya bank ditanyai. { -jangan-ulang }
}
next-duplicate_reference = { $audience ->
    [worker] Anda cukup menunggu. Kalau bisa, periksa saldo Anda.
    [counsellor] Jelaskan bahwa uang mungkin sudah masuk. Minta pekerja memeriksa saldonya.
   *[employer] Biarkan sistem upah bertanya tentang kiriman pertama. { -jangan-ulang }
}
next-reference_too_old = { $audience ->
    [worker] Periksa saldo Anda, lalu kabari kantor pemberi kerja. Kantor itu harus bertanya kepada bank.
    [counsellor] Minta pekerja memeriksa saldo dan catatan rekeningnya. Sampaikan hasilnya kepada pemberi kerja.
   *[employer] Minta jawaban tertulis bank tentang nomor rujukan itu. { -jangan-ulang }
}
next-resend_refused = { $audience ->
    [worker] { -tenang } Kantor pemberi kerja harus bertanya kepada bank, lalu mengirim lagi.
    [counsellor] Minta pemberi kerja memastikan keadaan kedua kiriman kepada bank.
   *[employer] Pastikan kepada bank bahwa kiriman pertama tidak ada. { -berkas-baru }
}
next-stated_refused = { $audience ->
    [worker] Periksa saldo Anda, lalu kabari kantor pemberi kerja. Kantor itu harus membuat perintah baru.
    [counsellor] Minta pekerja memeriksa saldo. Pastikan pemberi kerja membuat perintah baru.
   *[employer] Tanyakan sekali lagi kepada pekerja. { -berkas-baru }
}
next-evidence_conflict = { $audience ->
    [worker] Periksa saldo Anda, lalu kabari kantor pemberi kerja. Kantor itu harus bertanya kepada bank.
    [counsellor] Minta pekerja menunjukkan catatan rekeningnya. Bandingkan dengan cerita ini bersama pemberi kerja.
   *[employer] Bandingkan jawaban bank dengan rekening koran. { -jangan-ulang }
}
next-rail_changed = { $audience ->
    [worker] Periksa saldo Anda, lalu kabari kantor pemberi kerja. Kantor itu harus bertanya kepada bank.
    [counsellor] Minta pekerja memeriksa saldonya. Sampaikan hasilnya kepada pemberi kerja.
   *[employer] Kembalikan pengaturan jalur yang lama supaya bank bisa ditanyai. { -jangan-ulang }
}
next-overpaid = { $excess ->
    [yes] { $audience ->
        [worker] Kelebihan uang itu bukan upah Anda, jadi mohon jangan dipakai dulu. Hubungi kantor pemberi kerja. Mereka akan membantu mengembalikannya.
        [counsellor] Bantu pekerja melaporkan uang yang lebih kepada pemberi kerja. Sampaikan dengan ramah.
       *[employer] Hubungi pekerja dengan ramah dan atur pengembaliannya.
    }
   *[no] { $audience ->
        [worker] { -tenang } Kantor pemberi kerja memastikan upah ini tidak dikirim lagi.
        [counsellor] Minta pekerja mencocokkan saldonya. Minta pemberi kerja tidak mengirim lagi.
       *[employer] Jangan mengirim upah ini lagi. Catat bahwa uangnya sudah masuk.
    }
}
next-returned = { $audience ->
    [worker] Periksa apakah rekening atau dompet Anda masih aktif. Berikan nomor yang benar kepada kantor pemberi kerja. Kantor itu harus mengirim lagi.
    [counsellor] Bantu pekerja memeriksa rekening atau dompetnya. Pastikan tujuan yang benar sampai ke pemberi kerja.
   *[employer] Pastikan tujuan yang benar bersama pekerja. { -berkas-baru }
}
next-name_differs = { $audience ->
    [worker] Cocokkan nama di buku tabungan dengan nama Anda di atas. Kabari kantor pemberi kerja kalau ada yang salah.
    [counsellor] Bantu pekerja mencocokkan namanya. Sampaikan nama yang benar kepada pemberi kerja.
   *[employer] Pastikan kepada pekerja siapa pemilik rekening itu. Perbaiki nama atau tujuan di daftar upah baru.
}
next-no_route = { $audience ->
    [worker] Kantor pemberi kerja harus menambah jalur. Anda juga boleh memberi rekening lain atas nama Anda.
    [counsellor] Tanyakan apakah pekerja punya rekening lain atas namanya. Sampaikan kepada pemberi kerja.
   *[employer] Tambah jalur ke tujuan ini, atau minta tujuan lain. { -berkas-baru }
}
next-over_rail_limit = { $audience ->
    [worker] { -tenang } Kantor pemberi kerja harus memakai jalur lain.
    [counsellor] Minta pemberi kerja memakai jalur dengan batas yang lebih besar.
   *[employer] Pakai jalur dengan batas yang lebih besar. { -berkas-baru }
}
next-refused_repeatedly = { $audience ->
    [worker] { -tenang } Kantor pemberi kerja harus bertanya kepada bank.
    [counsellor] Tanyakan kepada pemberi kerja apa kata bank dan kapan upah dikirim.
   *[employer] Tanyakan penyebabnya kepada bank dan perbaiki. { -berkas-baru }
}
next-waits_for_approval = { $audience ->
    [worker] { -tenang } Kantor pemberi kerja harus menyetujui daftar upah.
    [counsellor] Tanyakan kepada pemberi kerja kapan daftar upah disetujui.
   *[employer] Minta orang kedua memeriksa daftar upah, lalu menyetujuinya.
}
next-possible_duplicate = { $audience ->
    [worker] { -tenang } Kantor pemberi kerja harus memastikan bahwa upah ini belum pernah dibayar.
    [counsellor] Tanyakan kepada pekerja apakah upah ini sudah pernah diterima. Sampaikan kepada pemberi kerja.
   *[employer] Bandingkan dengan pembayaran lain. Sebut pembayaran ini saat menyetujui kalau memang harus dibayar.
}
next-destination_changed = { $audience ->
    [worker] Kalau Anda tidak mengganti tujuan, segera kabari kantor pemberi kerja. Kalau benar, Anda cukup menunggu.
    [counsellor] Tanyakan kepada pekerja apakah dia sendiri yang mengganti tujuan. Sampaikan kepada pemberi kerja.
   *[employer] Tanyakan langsung kepada pekerja. Sebut pembayaran ini saat menyetujui kalau tujuannya benar.
}
next-destination_shared = { $audience ->
    [worker] Pastikan rekening atau dompet itu atas nama Anda. Kabari kantor pemberi kerja kalau bukan.
    [counsellor] Tanyakan atas nama siapa rekening atau dompet itu. Sampaikan kepada pemberi kerja.
   *[employer] Tanyakan langsung kepada pekerja. Sebut pembayaran ini saat menyetujui kalau tujuannya benar.
}
next-cancelled_by_employer = { $audience ->
    [worker] Tanyakan alasannya kepada kantor pemberi kerja. Tanyakan juga apakah upah ini tetap dibayar.
    [counsellor] Tanyakan alasannya kepada pemberi kerja, dan apakah upah ini tetap dibayar.
   *[employer] Jelaskan alasannya kepada pekerja. Buat daftar upah baru kalau upah ini tetap harus dibayar.
}
next-reference_clash = { $audience ->
    [worker] { -tenang } Kantor pemberi kerja harus memperbaikinya.
    [counsellor] Minta pemberi kerja memperbaiki nomor kiriman. Tanyakan kapan upah dikirim.
   *[employer] Laporkan kepada pengelola sistem upah. { -jangan-ulang }
}

## Langkah berikutnya menurut keadaan

next-state-ready = { $audience ->
    [worker] { -tenang } Upah dikirim pada pengiriman berikutnya.
    [counsellor] Minta pekerja menunggu pengiriman berikutnya.
   *[employer] Lanjutkan pengiriman kalau belum berjalan.
}
next-state-ready_elsewhere = { $audience ->
    [worker] Upah dikirim ke tujuan berikutnya yang Anda daftarkan. Perbaiki juga tujuan yang ditolak tadi.
    [counsellor] Upah dikirim ke tujuan berikutnya. Bantu pekerja memperbaiki tujuan yang ditolak.
   *[employer] Upah dikirim ke tujuan berikutnya. Minta pekerja memperbaiki tujuan yang ditolak.
}
next-state-sending = { $audience ->
    [worker] { -tenang } Sistem upah menunggu jawaban bank.
    [counsellor] Minta pekerja menunggu jawaban bank.
   *[employer] Tunggu jawaban bank. { -jangan-ulang }
}
next-state-on_sheet = { $audience ->
    [worker] { -tenang } Kantor pemberi kerja membayar dari lembar itu.
    [counsellor] Tanyakan kepada pemberi kerja apakah kode itu sudah dibayar, dan mintalah buktinya.
   *[employer] Cetak lembarnya dan bayar tiap kode satu kali. Lalu cocokkan dengan rekening koran. { -jangan-ulang }
}
next-state-sheet_in_doubt = { $audience ->
    [worker] { -tenang } Kantor pemberi kerja harus memeriksa apakah kode itu sudah dibayar.
    [counsellor] Minta pemberi kerja memeriksa riwayat transaksinya. Minta pekerja memeriksa saldonya.
   *[employer] Periksa riwayat transaksi dan rekening koran. Lalu dua orang mencatat hasilnya. { -jangan-ulang }
}
next-state-refused = { $audience ->
    [worker] { -tenang } Sistem upah memilih langkah berikutnya.
    [counsellor] Minta pekerja menunggu. Sistem upah memilih langkah berikutnya.
   *[employer] Lanjutkan pengiriman. Sistem upah memilih langkah berikutnya.
}
next-state-settled = { $audience ->
    [worker] Simpan catatan ini, lalu cocokkan dengan saldo Anda.
    [counsellor] Bantu pekerja mencocokkan slip ini dengan saldonya.
   *[employer] Berikan slip ini kepada pekerja.
}

## Bertanya kepada siapa

ask-worker = { $audience ->
    [worker] Kalau belum jelas, bertanyalah ke kantor pemberi kerja. { -disnaker }
    [counsellor] Kalau belum beres, hubungi kantor pemberi kerja. Sebut nomor pembayarannya.
   *[employer] Kalau pekerja kesulitan, sarankan dia menemui pengantar kerja.
}
ask-employer = { $audience ->
    [worker] Bertanyalah ke kantor pemberi kerja. { -disnaker }
    [counsellor] Hubungi kantor pemberi kerja. Sebut nomor pembayarannya.
   *[employer] Kalau belum beres, hubungi bank Anda.
}
ask-provider = { $audience ->
    [worker] Kalau sampai tanggal itu uang belum masuk, bertanyalah ke kantor pemberi kerja. { -disnaker }
    [counsellor] Kalau sampai tanggal itu uang belum masuk, hubungi kantor pemberi kerja.
   *[employer] Kalau sampai tanggal itu belum ada jawaban, hubungi bank. Sebut nomor rujukannya.
}
ask-upah = { $audience ->
    [worker] Kalau sampai tanggal itu belum ada kabar, bertanyalah ke kantor pemberi kerja. { -disnaker }
    [counsellor] Kalau sampai tanggal itu belum ada kabar, hubungi kantor pemberi kerja.
   *[employer] Kalau sampai tanggal itu belum ada kabar, hubungi bank Anda.
}
ask-nobody = { $audience ->
    [worker] Kalau uang belum terlihat, bertanyalah ke bank atau dompet Anda. Tunjukkan nomor rujukannya.
    [counsellor] Kalau uang belum terlihat, temani pekerja bertanya ke bank atau dompetnya. Tunjukkan nomor rujukan.
   *[employer] Kalau pekerja belum melihat uangnya, tanyakan kepada bank dengan nomor rujukan.
}

## Dasar hukum (pasal dan sumbernya di src/law.rs)

law-late = Bank yang terlambat harus memberi bunga atau ganti rugi kepada penerima. Dasarnya UU 3/2011 pasal 54.
law-error = Bank pengirim yang keliru harus segera memperbaikinya. Dasarnya UU 3/2011 pasal 56.
law-excess = Uang yang diketahui bukan haknya tidak boleh disimpan. Dasarnya UU 3/2011 pasal 85.
law-complaint = Keluhan lisan ke bank dijawab paling lama 5 hari kerja. Dasarnya POJK 22/2023.

## Pesan pendek: tanpa nama, tanpa nomor lengkap

short-notice = UJI COBA.
short-headline = { $late ->
    [yes] Upah { $when } { $amount } terlambat: { $stands }.
   *[no] Upah { $when } { $amount }: { $stands }.
}
short-bare = { $late ->
    [yes] Upah { $when } { $amount } terlambat.
   *[no] Upah { $when } { $amount }.
}
short-week = minggu { $date }
short-state-awaiting_approval = menunggu persetujuan
short-state-ready = siap dikirim
short-state-sending = sedang dikirim
short-state-pending = { $way ->
    [sheet] menunggu dibayar
   *[bank] dikerjakan bank
}
short-state-unknown = belum jelas
short-state-settled = { $excess ->
    [yes] masuk dobel
   *[no] { $proof ->
        [people] masuk, bukan menurut bank
       *[bank] sudah masuk
    }
}
short-state-refused = ditolak bank
short-state-returned = uang kembali
short-state-needs_action = { $money ->
    [with_worker] perlu diperiksa
   *[other] belum beres
}
short-state-cancelled = dihentikan
short-money-with_payer = Uang di pemberi kerja.
short-money-came_back = Uang kembali ke pemberi kerja.
short-money-unclear = Belum pasti uangnya di mana.
short-money-with_worker = Uang di rekening atau dompet { $you }.
short-money-excess = Lebih { $more }: jangan pakai.
short-tail = Tujuan { $tail }.
short-acts = Bertindak: { $who }, paling lambat { $date }.
short-acts-no_date = Bertindak: { $who }.
short-who-worker = { $you }
short-who-employer = pemberi kerja
short-who-provider = bank
short-who-upah = sistem upah
short-ask = { $actor ->
    [nobody] Belum ada? Tanya bank atau dompet.
    [employer] Tanya kantornya.
    [upah] Tanya kantornya.
   *[other] Tanya: kantor pemberi kerja.
}
short-ask-next = Lalu: Disnaker.
short-fee = Dipotong { $part } untuk biaya: tanya pemberi kerja.
short-compare_erased = Catatan { $before } sudah dihapus.
short-compare = { $effect ->
    [more] Naik { $change } dari { $before }.
    [less] Turun { $change } dari { $before }.
   *[same] Sama dengan { $before }.
}
short-number = No. { $payment }.

## Sebab dalam pesan pendek: paling banyak 40 huruf

brief-cause-invalid_account = Nomor rekening { $you } tidak ditemukan.
brief-cause-inactive_account = Rekening { $you } tidak aktif.
brief-cause-dormant_account = Rekening { $you } lama tidak dipakai.
brief-cause-account_declined = Bank menolak rekening { $you }.
brief-cause-amount_over_limit = Jumlahnya terlalu besar bagi rekening.
brief-cause-account_limit_reached = Batas uang masuk rekening tercapai.
brief-cause-too_many_transactions = Terlalu banyak transaksi di rekening.
brief-cause-bank_not_reachable = Bank tujuan tidak bisa dicapai.
brief-cause-not_permitted = Kiriman ke tujuan itu tidak diizinkan.
brief-cause-suspected_fraud = Ditolak: bank curiga. Bukan tuduhan.
brief-cause-suspended = Bank menahan kiriman ini.
brief-cause-insufficient_funds = Saldo pemberi kerja tidak cukup.
brief-cause-bad_request = Bank tidak menerima isi perintahnya.
brief-cause-credentials_refused = Bank menolak kunci pemberi kerja.
brief-cause-feature_not_allowed = Bank belum membuka layanan ini.
brief-cause-payer_blocked = Bank memblokir pemberi kerja.
brief-cause-payer_limit_reached = Jatah kirim hari ini habis.
brief-cause-outside_hours = Bank sedang tutup.
brief-cause-too_many_requests = Bank sedang sibuk.
brief-cause-rail_unreachable = Bank tidak bisa dihubungi.
brief-cause-request_expired = Perintah kirim lewat waktu.
brief-cause-transfer_failed = Kata bank, kiriman gagal.
brief-cause-transfer_cancelled = Kata bank, kiriman dibatalkan.
brief-cause-other_refusal = Bank menolak, alasannya belum jelas.
brief-cause-in_progress = { $way ->
    [sheet] Kode di lembar belum dibayar.
   *[bank] Bank masih mengerjakannya.
}
brief-cause-no_answer = Bank belum menjawab jelas.
brief-cause-interrupted = Terputus saat dikirim.
brief-cause-duplicate_reference = Bank mengenal nomor ini; ditanyakan.
brief-cause-reference_too_old = Bank tidak menemukan kiriman ini.
brief-cause-resend_refused = Kiriman ulang ditolak bank.
brief-cause-stated_refused = Tidak dikirim, menurut dua orang.
brief-cause-evidence_conflict = Keterangan bank tidak cocok.
brief-cause-rail_changed = Pengaturan ke bank berubah.
brief-cause-overpaid = { $excess ->
    [yes] Uang masuk dobel.
   *[no] Uang ternyata masuk.
}
brief-cause-returned = Bank mengembalikan uang ini.
brief-cause-name_differs = Nama pemilik rekening berbeda.
brief-cause-no_route = Belum ada jalur ke rekening { $you }.
brief-cause-over_rail_limit = Upah melebihi batas sekali kirim.
brief-cause-refused_repeatedly = Bank menolak beberapa kali.
brief-cause-waits_for_approval = Belum disetujui orang kedua.
brief-cause-possible_duplicate = Mirip pembayaran lain, diperiksa dulu.
brief-cause-destination_changed = Tujuan berubah, diperiksa dulu.
brief-cause-destination_shared = Rekening dipakai dua pekerja.
brief-cause-cancelled_by_employer = Dihentikan pemberi kerja.
brief-cause-reference_clash = Nomor kiriman sama dengan yang lain.

## Pesan yang lebih panjang: yang tidak muat diceritakan di sini

brief-fine = Itu perkiraan, bukan keputusan. Cara menghitungnya ada di cerita lengkap.

## Catatan yang sudah dihapus

erased-headline = Catatan pembayaran ini sudah dihapus.
erased-entry = Penghapusannya tercatat di buku catatan upah, nomor { $entry }.
erased-stood = Keadaan terakhir sebelum dihapus: { $stands }.
erased-money-arrived = Menurut catatan terakhir itu, uangnya sudah masuk.
erased-money-untold = Di mana uangnya tidak bisa dilihat lagi di sini.
erased-left = Nama, jumlah, dan rekening tidak disimpan lagi.
erased-slip = Slip lama { $you } tetap bisa diperiksa. Bawa slip itu ke pengantar kerja di Disnaker.
erased-nobody = Tidak ada yang harus bertindak sekarang, dan tidak ada batas tanggal.
erased-law = Hak untuk minta data dihapus ada di UU 27/2022 pasal 43.
erased-ask = { $audience ->
    [worker] Kalau uangnya belum Anda terima, hubungi kantor pemberi kerja. Sebut nomor pembayarannya. { -disnaker }
   *[other] Kalau uangnya belum diterima pekerja, hubungi kantor pemberi kerja. Sebut nomor pembayarannya.
}

## Asli atau tidak

genuine-source = Cerita ini dibuat dari buku catatan upah.
genuine-size = Isinya mengikuti buku itu sampai catatan nomor { $size }.
genuine-day = Saksi melihat buku itu pada { $date }.
genuine-no_day = Belum ada saksi yang mencatat tanggal buku itu.
genuine-named = { $many ->
    [one] Ada satu saksi yang disebut, tetapi belum diperiksa di sini.
   *[more] Banyaknya saksi yang disebut, tetapi belum diperiksa di sini: { $count }.
}
genuine-named_ask = Kunci saksi ada di kantor pengantar kerja. Minta kantor itu memeriksanya.
genuine-later = Kejadian sesudahnya tidak terlihat di sini.
genuine-no_log = Cerita ini belum disertai bukti dari buku. Jawabannya untuk sekarang: BELUM BISA DICEK.
genuine-how = { $audience ->
    [worker] Slip tidak bisa membuktikan dirinya sendiri. Minta pengantar kerja di Disnaker memeriksanya. Kuncinya harus dari kantor itu, bukan dari slip.
    [counsellor] Slip tidak bisa membuktikan dirinya sendiri. Periksa dengan kunci dari kantor Anda, bukan dari slip.
   *[employer] Slip tidak bisa membuktikan dirinya sendiri. Pekerja boleh meminta pengantar kerja memeriksanya.
}
genuine-verdict = Hasilnya salah satu: ASLI, TIDAK COCOK, atau BELUM BISA DICEK.

## Baris yang dihitung

line-rounded = Hasilnya dibulatkan ke rupiah terdekat.
rule-commission-rate-1 = Artinya tarif dikali laba. Dasarnya kesepakatan kerja, jadi cocokkan tarifnya.
input-rate = tarif
input-margin = laba

## Dibandingkan dengan upah sebelumnya

question-compare = Apa bedanya dengan upah { $earlier }?
compare-before = Upah waktu itu: { $before }.
compare-now = Upah ini: { $amount }.
compare-erased = Catatan upah waktu itu sudah dihapus, jadi bedanya tidak bisa dihitung lagi.
compare-difference = { $effect ->
    [more] Upah ini lebih besar { $change }.
    [less] Upah ini lebih kecil { $change }.
   *[same] Jumlahnya sama.
}
compare-deduction = potongan { $kind }
compare-step = { $turn ->
    [added] { $what } baru ada
    [removed] { $what } tidak ada lagi
    [more] { $what } naik
    [less] { $what } turun
   *[same] { $what } tetap
}{ $effect ->
    [more] : upah bertambah { $change }.
    [less] : upah berkurang { $change }.
   *[same] .
}
compare-input_was = { $input } dulu { $value }.
compare-input_is = { $input } sekarang { $value }.
compare-input = { $effect ->
    [more] Karena { $input } berubah, upah bertambah { $change }.
    [less] Karena { $input } berubah, upah berkurang { $change }.
   *[same] Karena { $input } berubah, upah tetap.
}
compare-sum = Semua perubahan itu berjumlah tepat selisihnya.

## Terlambat atau tidak

question-rights = Apakah upah ini terlambat?
rights-due = Jatuh temponya { $date }.
rights-on_time = { $standing ->
    [paid] Upah ini tercatat masuk tepat waktu.
   *[open] Hari itu belum lewat.
}
rights-late = { $standing ->
    [paid] Upah ini tercatat masuk { $days } hari sesudahnya.
   *[open] Sampai hari ini sudah lewat { $days } hari.
}
rights-no_fine = Denda baru dihitung mulai hari keempat.
rights-fine = { $standing ->
    [paid] Perkiraan denda untuk pemberi kerja: { $fine }.
   *[open] Perkiraan denda untuk pemberi kerja sampai hari ini: { $fine }.
}
rights-part = Itu { $part } dari upah ini.
rights-interest = Sesudah sebulan ada bunga juga. Bunga itu tidak dihitung di sini.
rights-basis = { $audience ->
    [worker] Dasarnya Peraturan Pemerintah 36/2021 pasal 61.
   *[other] Dasarnya PP 36/2021 pasal 61.
}
rights-estimate_only = Ini perkiraan, bukan keputusan. Denda itu tidak masuk hitungan upah ini.
rights-choices = Peraturan itu bisa dibaca dengan lebih dari satu cara. Di sini dibaca begini.
rights-choice-due_date = { $choice ->
    [one] Hari jatuh tempo dihitung sebagai hari pertama.
   *[zero] Hari sesudah jatuh tempo dihitung sebagai hari pertama.
}
rights-choice-month = { $choice ->
    [calendar] Sebulan dihitung menurut kalender.
   *[thirty-days] Sebulan dihitung 30 hari.
}
rights-choice-cap = { $choice ->
    [after-day-eight] Batas 50% hanya berlaku untuk denda sesudah hari kedelapan.
   *[whole-fine] Batas 50% berlaku untuk seluruh denda.
}
rights-employees_only = Aturan denda keterlambatan hanya untuk karyawan.
rights-other = Hubungan kerja { $your } tercatat lain.
rights-not_recorded = Hubungan kerja { $your } belum tercatat.
rights-ask = { $audience ->
    [worker] Tanyakan hak Anda kepada pengantar kerja di Disnaker.
    [counsellor] Tanyakan kepada pengawas ketenagakerjaan kalau ada yang meragukan.
   *[employer] Tanyakan kepada Disnaker kalau ada yang meragukan.
}
