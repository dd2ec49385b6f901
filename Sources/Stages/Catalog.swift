/// Every stage a pipeline file may name.
package struct Catalog: Sendable {
    package let extractors: [StageSpec<any Extractor>]
    package let transforms: [StageSpec<any Transformer>]
    package let loaders: [StageSpec<any Loader>]

    package init(
        extractors: [StageSpec<any Extractor>],
        transforms: [StageSpec<any Transformer>],
        loaders: [StageSpec<any Loader>]
    ) {
        self.extractors = extractors
        self.transforms = transforms
        self.loaders = loaders
    }
}
