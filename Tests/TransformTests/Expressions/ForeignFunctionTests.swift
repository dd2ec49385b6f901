import Foundation
import Stages
import TestSupport
import Testing

/// The reference lists every function that expressions can call.
@Suite struct ForeignFunctionTests {
    @Test func noOtherFunctionOfSQLiteCanBeCalled() throws {
        let known = Set(ExpressionFunction.all.map(\.name))
        let run = try Program.run(
            "/usr/bin/env",
            ["sqlite3", ":memory:", "SELECT DISTINCT name FROM pragma_function_list"]
        )
        let others = run.output.split(separator: "\n").map(String.init).filter { !known.contains($0) }
        #expect(others.count > 50, "\(run.errors)")
        for name in others where name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) {
            for arguments in ["", "serial_number", "serial_number, 1", "serial_number, 1, 2"] {
                #expect(throws: (any Error).self, "\(name)(\(arguments))") {
                    try bind("where: \"\(name)(\(arguments)) IS NULL\"", to: Table.devices().schema)
                }
            }
        }
    }
}
