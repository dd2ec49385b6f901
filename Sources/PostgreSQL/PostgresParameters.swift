import CLibPQ

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Statements with values beside them. They are not prepared by name, so that they also work through a pooler.
extension PostgresHandle {
    /// Runs one statement with values for `$1`, `$2`, and so on.
    @discardableResult
    package func rows(_ sql: String, with values: [String]) throws -> [[String?]] {
        try answer(sql, with: values, isBinary: false).rows
    }

    /// The first column of each row, as the server stores it.
    package func bytes(_ sql: String, with values: [String]) throws -> [[UInt8]] {
        let result = try answer(sql, with: values, isBinary: true)
        return result.firstColumn
    }

    private func answer(_ sql: String, with values: [String], isBinary: Bool) throws -> PostgresResult {
        let copies = values.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        // If it cannot be sent, the next result has the error.
        PQsendQueryParams(
            connection,
            sql,
            Int32(values.count),
            nil,
            copies.map { UnsafePointer($0) },
            nil,
            nil,
            isBinary ? 1 : 0
        )
        return try PostgresResult(try lastResult(), of: self)
    }
}
