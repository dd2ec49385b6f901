import Records

extension Resource {
    /// Its attributes that are texts, without empty ones.
    var texts: [String: String] {
        get throws {
            var texts: [String: String] = [:]
            try JSONReader().members(attributes) { member in
                if case .string = member.kind, !member.text.isEmpty { texts[member.name] = member.string }
            }
            return texts
        }
    }
}
