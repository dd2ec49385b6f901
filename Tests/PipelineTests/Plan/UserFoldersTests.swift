import Pipeline
import Records
import Stages
import Testing

@Suite struct UserFoldersTests {
    @Test(arguments: [
        (["STATE_DIRECTORY": "/var/lib/axport", "XDG_STATE_HOME": "/state", "HOME": "/h"], "/var/lib/axport"),
        (["STATE_DIRECTORY": "/var/lib/axport:/var/lib/more", "HOME": "/h"], "/var/lib/axport"),
        (["STATE_DIRECTORY": "", "XDG_STATE_HOME": "/state", "HOME": "/h"], "/state/axport"),
        (["XDG_STATE_HOME": "relative", "HOME": "/h"], "/h/.local/state/axport"),
        (["XDG_STATE_HOME": "", "HOME": "/h"], "/h/.local/state/axport"),
        (["XDG_STATE_HOME": "/state", "HOME": ""], "/state/axport"),
    ])
    func inventoriesLieWhereTheServiceOrTheUserKeepsState(_ variables: [String: String], _ folder: String) throws {
        #expect(try Environment.only(variables).inventoryFolder() == folder)
    }

    @Test(
        arguments: [
            (
                ["CACHE_DIRECTORY": "/var/cache/axport:/b", "XDG_CACHE_HOME": "/cache", "HOME": "/h"],
                "/var/cache/axport"
            ),
            (["XDG_CACHE_HOME": "/cache", "HOME": "/h"], "/cache/axport"),
            (["XDG_CACHE_HOME": "", "HOME": "/h"], "/h/.cache/axport"),
            (["HOME": ""], nil),
        ] as [([String: String], String?)]
    )
    func tokensLieWhereTheServiceOrTheUserCaches(_ variables: [String: String], _ folder: String?) {
        #expect(Environment.only(variables).tokenFolder == folder)
    }

    @Test func withoutAnyOfThemTheFileNamesThePlace() throws {
        let failure = #expect(throws: Failure.self) { try plan(pipeline()).inventoryPath }
        #expect(failure?.code == .usage)
        #expect(
            failure?.description == """
                inventories have no place: none of STATE_DIRECTORY, XDG_STATE_HOME, and HOME is set; set HOME, or name a \
                place with `inventory:` in the pipeline file
                """
        )
        #expect(try plan("inventory: /data/i.sqlite\n" + pipeline()).inventoryPath == "/data/i.sqlite")
    }

    @Test func ofSeveralFoldersThatSystemdNamesAReferenceHasTheFirst() throws {
        let variables = ["STATE_DIRECTORY": "/var/lib/axport:/var/lib/more", "PATH": "/bin:/usr/bin"]
        let environment = Environment.only(variables)
        #expect(try ConfigNode.parsed("${env:STATE_DIRECTORY:-out}/a", environment).text == "/var/lib/axport/a")
        #expect(try ConfigNode.parsed("${env:PATH}", environment).text == "/bin:/usr/bin")
    }
}
