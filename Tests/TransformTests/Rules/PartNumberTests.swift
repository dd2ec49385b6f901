import Foundation
import Records
import Testing
import Transform

@Suite struct PartNumberTests {
    private func judge(_ text: String) -> Verdict<PartNumber> { PartNumber.parse(Array(text.utf8).span) }

    @Test(arguments: Vector.load("partnumbers", field: "part_number"))
    func followsTheVector(_ vector: Vector) {
        vector.expect(judge(String(vector.input.dropFirst().dropLast()))) { part in
            Vector.json([
                "part_number": part.text, "region": part.region as Any, "sale_type": part.saleType?.rawValue as Any,
            ])
        }
    }

    @Test(arguments: [
        ("NK3Q2B/A", "replacement"), ("PK3Q2CH/A", "personalized"), ("XK3Q2CH/A", nil), (" MK3Q2ZPX/B ", "retail"),
    ])
    func firstLetterTellsTheSaleType(_ text: String, _ expected: String?) {
        #expect(judge(text).value?.region != nil)
        #expect(judge(text).value?.saleType?.rawValue == expected)
    }

    @Test(arguments: [
        "a2482", "MK3Q2/A", "MK3Q2LLLL/A", "MK3Q2LL/AB", "MK3Q2LL/", "/A", "MK3Q2L1/A", "MK-Q2LL/A", "MÜ3Q2L/A",
    ])
    func othersStayAsTheyCame(_ text: String) {
        let verdict = judge(text)
        #expect(verdict.value?.text == text)
        #expect(verdict.value?.region == nil)
        #expect(verdict.value?.saleType == nil)
        #expect(verdict.warnings == [.regionNotParsed])
    }

    @Test func blanksAndStandInsAreNoPartNumber() {
        #expect(judge("  ").reason == .missing)
        #expect(judge("n/a").reason == .placeholder)
    }
}
