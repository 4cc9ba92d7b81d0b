use super::*;

/// A text of the alphabet that no two neighbours of are alike.
fn filler(length: usize) -> String {
    "AbC1dEf2GhI3jKl4MnO5pQr6StU7vWx8YzA9".chars().cycle().take(length).collect()
}

#[test]
fn marked_keys_are_found_by_their_mark_and_length() {
    let key = |mark: &str, before: usize, after: usize, padding: &str| {
        format!("{}{mark}{}{padding}", filler(before), filler(after - padding.len()))
    };
    let cases = [
        (key("+ASt", 76, 8, "=="), "a storage account key"),
        (key("ACDb", 76, 8, "=="), "a Cosmos DB key"),
        (key("+ASb", 33, 7, "="), "a Service Bus key"),
        (key("+AEh", 33, 7, "="), "an Event Hubs key"),
        (key("AzCa", 33, 7, "="), "a Redis key"),
        (key("+ACR", 42, 6, ""), "a container registry password"),
        (key("AzSe", 42, 6, ""), "a search key"),
        (key("AzFu", 44, 8, "=="), "a Functions key"),
        (key("AZDO", 76, 4, ""), "an Azure DevOps token"),
        (format!("ab_8Q~{}", filler(34)), "an Entra client secret"),
        (format!("ghp_{}", filler(36)), "a GitHub token"),
        (format!("eyJ{0}.eyJ{0}.{0}", filler(24)), "a JSON web token"),
    ];
    for (text, what) in cases {
        let found = find(&text).unwrap_or_else(|| panic!("{what}: {text}"));
        assert_eq!((found.what, found.range), (what, 0..text.len()));
        let quoted = format!("key = \"{text}\", more");
        assert_eq!(find(&quoted).map(|found| found.range), Some(7..7 + text.len()), "{what}");
        // One character more or less is something else.
        let longer = format!("{}{text}", filler(1));
        assert!(find(&longer).is_none() || what.contains("JSON"), "{what}");
    }
}

#[test]
fn connection_strings_are_found_by_their_keys() {
    let cases = [
        (
            "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=bm90LWEta2V5;EndpointSuffix=core.windows.net",
            "bm90LWEta2V5",
        ),
        (
            "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=n;SharedAccessKey=bm90LWEta2V5",
            "bm90LWEta2V5",
        ),
        ("Server=tcp:s.database.windows.net;User ID=u;Password=hunter22;", "hunter22"),
        ("Server=s;Uid=u; PWD = 'hunter22'", "hunter22"),
        ("https://x.blob.core.windows.net/c?sv=2022-11-02&se=2030-01-01&sig=abc%3D", "abc%3D"),
        ("mongodb://user:hunter22@host:10255/?ssl=true", "hunter22"),
    ];
    for (text, secret) in cases {
        assert_eq!(find(text).and_then(|found| text.get(found.range)), Some(secret), "{text}");
    }
    assert_eq!(find("-----BEGIN RSA PRIVATE KEY-----\nMII").map(|found| found.what), Some("a private key"));
    let pem =
        format!("cert = <<EOT\n-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\nEOT", filler(64));
    assert_eq!(find_all(&pem).len(), 1);
}

#[test]
fn what_is_no_credential_is_not_found() {
    for text in [
        "@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/Password=x/)",
        "Server=s;Authentication=Active Directory Managed Identity;Database=d",
        "Server=s;Password=<your password>",
        "Server=s;Password=#{SqlPassword}#;Password={0}",
        "InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://x/",
        "https://kv.vault.azure.net/secrets/x",
        "https://example.org/?sig=only",
        "https://${user}:${password}@example.org/",
        "AccountKey=;x",
        "Server=s;Password=n/a",
        "AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
        "-----BEGIN PRIVATE KEY-----",
        "the PRIVATE KEY----- of a text",
        "password",
        "eyJust a word",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "",
    ] {
        assert_eq!(find(text), None, "{text}");
    }
}
