import Pipeline
import Testing

@testable import axport

@Suite struct ScreenPageTests {
    @Test func markdownLosesItsMarks() {
        let page = """
            ### `mac`

            Writes **one** form; see [the rules](Rules/README.md) and `imei`.

            ```yaml
            mac: { style: colon }
              more
            ```

            | setting | type | default | meaning |
            | --- | --- | --- | --- |
            | `style` | text | `colon` | Form, as `a\\|b`. |
            | `strict` | boolean |  | Whether. |

            - one thing
            - another one
            """
        #expect(
            ScreenPage(page, columns: nil).text == """
                mac

                Writes one form; see the rules and imei.

                    mac: { style: colon }
                      more

                  style (text; colon)
                      Form, as a|b.
                  strict (boolean)
                      Whether.

                  - one thing
                  - another one
                """
        )
    }

    /// Examples keep their lines, so that they can be copied.
    @Test(arguments: Composition.catalog.referenceNames) func everyPageIsFreeOfMarkdownAndFits(_ name: String) throws {
        let markdown = try Composition.catalog.reference(of: name)
        let piped = ScreenPage(markdown, columns: nil).text
        for mark in ["```", "`", "| ", "### ", "**", "]("] where !name.hasPrefix("expr") {
            #expect(!piped.split(separator: "\n").contains { $0.hasPrefix(mark) }, "\(mark)")
        }
        #expect(!piped.contains("`"), "\(piped)")
        for columns in [40, 80] {
            let lines = ScreenPage(markdown, columns: columns).text.split(separator: "\n")
            let long = lines.filter { $0.count > columns && !$0.hasPrefix("    ") && $0.contains(" ") }
            #expect(long.isEmpty, "\(long)")
        }
    }

    @Test func aListOfTermsContinuesBelowItsText() {
        let list = TermList(terms: [("a", "one `two` three four five six seven"), ("longer", "x")])
        #expect(list.text(columns: nil) == "a       one two three four five six seven\nlonger  x")
        #expect(
            list.text(columns: 34) == """
                a       one two three four five
                        six seven
                longer  x
                """
        )
        #expect(
            list.text(columns: 20) == """
                a
                    one two three
                    four five six
                    seven
                longer
                    x
                """
        )
    }
}
