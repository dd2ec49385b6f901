import Stages

extension Setting where Value == Bool {
    /// A feed that provisions devices wants no value that had to be guessed or converted.
    static func warningsAsErrors(_ meaning: String) -> Setting {
        Setting("warnings_as_errors", meaning, default: false)
    }
}
