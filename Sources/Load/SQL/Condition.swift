/// A condition in a statement, as SQL text.
struct Condition: CustomStringConvertible, Sendable {
    let sql: String

    init(_ sql: String) { self.sql = sql }

    static let always = Condition("true")

    /// True if the condition is false or unknown.
    var isNotTrue: Condition { Condition("(\(sql)) IS NOT TRUE") }
    var description: String { sql }

    static func && (left: Condition, right: Condition) -> Condition { Condition("\(left) AND \(right)") }

    static prefix func ! (condition: Condition) -> Condition { Condition("NOT \(condition)") }
}
