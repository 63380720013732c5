using Ingest.TestKit;

namespace Ingest.Cli.Tests;

public sealed class RulesFingerprintTests
{
    [Fact]
    public void Folders_of_a_mount_do_not_count_and_every_other_file_does()
    {
        using var one = new TemporaryFolder();
        using var two = new TemporaryFolder();
        Write(one, "..2026_11_22_06_00_00.123/ingest.json", "{}");
        Write(one, "sources/..data/shop.json", "{}");
        foreach (var folder in (TemporaryFolder[])[one, two])
        {
            Write(folder, "ingest.json", "{}");
            Write(folder, "sources/shop.json", "{}");
            Write(folder, ".hidden/x", "1");
        }

        Write(two, "..2026_11_22_07_30_00.456/ingest.json", "{ }");
        Assert.Equal(RulesFingerprint.Of(two.Path), RulesFingerprint.Of(one.Path));

        Write(two, "sources/shop.json", "{ }");
        Assert.NotEqual(RulesFingerprint.Of(two.Path), RulesFingerprint.Of(one.Path));
    }

    private static void Write(TemporaryFolder folder, string name, string text)
    {
        var path = Path.Combine(folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
