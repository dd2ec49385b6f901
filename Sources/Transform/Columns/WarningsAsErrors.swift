import Stages

extension Setting where Value == Bool {
    /// For feeds that provision devices: they want no guessed or converted value.
    static func warningsAsErrors(_ meaning: String) -> Setting {
        Setting("warnings_as_errors", meaning, default: false)
    }
}
