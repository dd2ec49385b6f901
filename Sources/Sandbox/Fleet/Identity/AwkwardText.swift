/// Text that breaks careless CSV writers, COPY, spreadsheets, terminals and JSON readers.
enum AwkwardText {
    static let orderNumbers = [
        "PO 4711, \"urgent\"",
        "line one\nline two",
        "carriage\r\nreturn",
        "tab\there",
        "📱 Bestellung 🇩🇪 12",
        "طلب رقم 42",
        "Zu\u{308}rich-NFD-7",
        "Zürich-NFC-7",
        "=1+1",
        "=HYPERLINK(\"http://example.test\",\"order\")",
        "-4711",
        "+49 30 1234",
        "@SUM(A1)",
        " leading and trailing ",
        "\u{A0}no-break\u{A0}",
        "\\.",
        "\\N",
        "C:\\orders\\new",
        "line\u{2028}separator",
        "next\u{85}line",
        "nul\u{0}inside",
        "bell\u{7}and\u{1F}unit",
        "\u{FEFF}BOM",
        "zero\u{200B}width",
        "",
        "   ",
        "NULL",
        "N/A",
        "true",
        "0012345",
        "1E5",
        "12345678901234567890123456789012",
        "2026-11-01",
        "it's; DROP TABLE devices;--",
        "</script><b>&amp;",
        "{\"json\":[1]}",
        "日本語の注文 第1号",
        "👩‍👩‍👧‍👦",
        String(repeating: "LONG-", count: 60),
    ]

    static let models = [
        "iPad\u{A0}Pro (11\u{2011}inch)",
        "iPhone Xʀ",
        "MacBook Pro 16\", \"Space Black\"",
        "Apple Watch Hermès",
        "iPad\tmini",
        "=iMac",
    ]

    static let colors = ["", "space gray", "GRAPHITE/SILVER", "(PRODUCT)RED™", "BLACK ", "-", "N/A"]

    static let partNumbers = ["Z14V000LW", "A2482", "MK2E3LL/A ", "mu6d3zd/a", "3L123-4567", "=MD506LL/A", ""]

    static let sources = ["-2085650007946880", "395E9D0", "0", "1E100", "-1", "00012345", "VERTRIEB \"SÜD\""]

    static let capacities = [
        "1024GB", "0.5TB", "256 GB", "", "2.03TB", "0GB", "1,5TB", "512GiB", "UNKNOWN", "64gb", "128",
    ]

    static let orderDates = [
        "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "2024-02-29T23:59:59.999999Z",
        "2025-06-30T12:00:00+02:00", "2024-12-30T00:00:00-08:00",
    ]

    static let descriptions = ["AppleCare+ für iPhone, \"Theft & Loss\"", " limited warranty ", "", "=AppleCare"]

    static let agreements = ["0000000001", "0012", "-77", "AC+ 12, \"A\"", "=42", "12345678901234567890"]
}
