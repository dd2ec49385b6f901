extension String {
    /// The text as one word of a shell command, quoted if needed.
    package var asShellWord: String {
        let isPlain = !isEmpty && utf8.allSatisfy { plainBytes.contains($0) }
        return isPlain ? self : "'\(replacing("'", with: #"'\''"#))'"
    }
}

private let plainBytes = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/+-=:,@%".utf8)
