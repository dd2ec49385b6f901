/// Problems found so far. Reading goes on after each, so that one `check` shows all.
package struct Problems {
    package private(set) var found: [Diagnostic] = []

    package init(_ found: [Diagnostic] = []) { self.found = found }

    package mutating func add(_ problem: Diagnostic) { found.append(problem) }

    package mutating func add(_ problems: [Diagnostic]) { found.append(contentsOf: problems) }

    /// The value; nil, with its problem recorded, if it is invalid.
    @discardableResult
    package mutating func keep<Value>(_ value: @autoclosure () throws(Diagnostic) -> Value) -> Value? {
        do {
            return try value()
        } catch {
            found.append(error)
            return nil
        }
    }

    /// The value; nil, with its problems recorded, if it has any.
    @discardableResult
    package mutating func take<Value>(_ value: @autoclosure () throws(PlanError) -> Value) -> Value? {
        do {
            return try value()
        } catch {
            found += error.diagnostics
            return nil
        }
    }

    /// The value of a setting; nil if it is missing or invalid.
    package mutating func read<Value: SettingValue>(_ node: ConfigNode?, as type: Value.Type) -> Value? {
        guard let node else { return nil }
        if let value = try? Value(from: node) { return value }
        found += Value.problems(of: node)
        return nil
    }

    /// - Throws: the problems, if there are any.
    package func end() throws(PlanError) {
        if !found.isEmpty { throw PlanError(found) }
    }

    /// The number of problems that people would read.
    package var count: Int { found.count { $0.severity != .unjudged } }

    /// What people should read, in the order of each file, each problem once.
    package var told: [Diagnostic] {
        var seen: Set<Diagnostic> = []
        let told = found.filter { $0.severity != .unjudged && seen.insert($0).inserted }
        var files: [String: Int] = [:]
        for problem in told where files[problem.location.file] == nil { files[problem.location.file] = files.count }
        func place(_ problem: Diagnostic) -> (Int, Int, Int) {
            (files[problem.location.file] ?? 0, problem.location.line, problem.location.column)
        }
        return told.sorted { place($0) < place($1) }
    }
}
