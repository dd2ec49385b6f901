import Records

/// The state of an activation lock in Apple's answer.
enum LockState {
    /// `locked`, `unlocked`, or nil if the answer does not say.
    static func word(for answer: String?) -> String? {
        guard let answer else { return nil }
        var isLocked: Bool?
        try? Array(answer.utf8).withUnsafeBufferPointer { json in
            try JSONReader().members(json) { member in
                if member.name == "isLocked", case .boolean(let flag) = member.kind { isLocked = flag }
            }
        }
        return isLocked.map { $0 ? "locked" : "unlocked" }
    }
}
