import Foundation
import Records
import TestSupport
import Testing

@Suite struct AbsolutePathTests {
    @Test(arguments: [
        ("a.csv", "/srv/conf/a.csv"), ("./a.csv", "/srv/conf/a.csv"), ("out//a b.csv", "/srv/conf/out/a b.csv"),
        ("/out/./a.csv", "/out/a.csv"), ("/../a.csv", "/a.csv"), (".", "/srv/conf"),
        ("é/{date}.csv", "/srv/conf/é/{date}.csv"),
    ])
    func aRelativePathIsRelativeToTheFolder(_ path: String, _ absolute: String) {
        #expect(FilePlace.absolute(path, in: "/srv/conf") == absolute)
    }

    @Test func thePartBeforeTwoPeriodsGoesWhereItIsAFolderItself() throws {
        let scratch = try ScratchFolder()
        let folder = FilePlace.look(scratch.path).path
        try FileManager.default.createDirectory(atPath: "\(folder)/conf", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: "\(folder)/far/away", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: "far/away")
        #expect(FilePlace.absolute("../a.csv", in: "\(folder)/conf") == "\(folder)/a.csv")
        // Through the link, it is `far/a.csv`; and nothing is known of a folder that is not there.
        #expect(FilePlace.absolute("../a.csv", in: "\(folder)/link") == "\(folder)/link/../a.csv")
        #expect(FilePlace.absolute("none/../../a.csv", in: folder) == "\(folder)/none/../../a.csv")
    }

    @Test func withoutAFolderItIsTheWorkingDirectory() {
        #expect(FilePlace.absolute("a.csv") == FileManager.default.currentDirectoryPath + "/a.csv")
    }
}
