/// The transforms that add columns under fixed names, for advice about a column that is missing.
package enum ColumnOrigin {
    package static let transforms: KeyValuePairs = [
        "imei": ["imei1", "imei2", "imeis_partial"],
        "storage": ["capacity_bytes"],
        "applecare": [
            "coverage_active", "coverage_open_ended", "coverage_end", "coverage_plan", "coverage_plan_class",
            "agreement_number", "payment_type", "limited_warranty_end", "coverage_count", "warranty_months",
            "has_applecare", "days_left",
        ],
        "part_number": ["part_number_region", "sale_type"],
    ]

    static func transform(adding column: String) -> String? { transforms.first { $0.value.contains(column) }?.key }
}
