import Stages

/// The sections of a pipeline file.
enum PipelineSection: String, CaseIterable {
    case name, base, source, sources, jobs, inventory, extract, transform, load, assign, tests, metrics, notify

    /// The section for the schema.
    var doc: SettingDoc {
        SettingDoc(name: rawValue, type: "", form: form, meaning: meaning)
    }

    private var form: ValueForm {
        switch self {
        case .name, .base: .text
        case .source: SourceSettings.form()
        case .sources: SourceList.form
        case .jobs: Jobs.form
        case .inventory: InventorySettings.form
        case .extract: .stages(.extract)
        case .transform: .stages(.transform)
        case .load: .stages(.load)
        case .tests: .list(.settings(CaseSettings.spec.settings))
        case .assign: AssignSettings.form
        case .metrics: .settings(MetricsSettings.spec.settings)
        case .notify: NotifySettings.form
        }
    }

    var meaning: String {
        switch self {
        case .name: "Name of the pipeline in reports; default: the name of the file without `.axport.yaml`."
        case .base:
            "Folder that relative paths start from; default: that of the pipeline file. `.` is the working directory."
        case .source: SourceSettings.spec.doc
        case .sources:
            "Several organizations, here or in a table. Each has a `name`, which its rows get in the column `source`."
        case .jobs: Jobs.meaning
        case .inventory: InventorySettings.spec.doc
        case .extract: "What to read from Apple. Each stage updates one part of the inventory and commits as it goes."
        case .transform: "What to do with the rows of the dataset `devices`, in this order, for all loads."
        case .load: "Where to write the rows. Each load is one transaction."
        case .tests: CaseSettings.spec.doc
        case .assign: AssignSettings.meaning
        case .metrics: MetricsSettings.spec.doc
        case .notify: NotifySettings.meaning
        }
    }
}
