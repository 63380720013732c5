using Ingest.Collector;
using Ingest.Engine;
using Ingest.Hosting;
using Ingest.TestKit;

namespace Ingest.Node.Tests;

/// <summary>What is wrong with the options of a region is said all at once, before anything starts.</summary>
public sealed class RegionSettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_options_there_is_one_region_alone()
    {
        var (region, mistakes) = Read(Settings());
        Assert.Empty(mistakes);
        Assert.Equal((null, RegionRole.Primary, null, null), (region.Name, region.Role, region.Primary, region.Key));
    }

    [Fact]
    public void Empty_texts_are_as_if_they_were_not_given()
    {
        var (region, mistakes) = Read(Settings() with { Region = "", Role = "", Primary = " ", RelayKey = "" });
        Assert.Empty(mistakes);
        Assert.Null(region.Name);
    }

    [Fact]
    public void A_receiver_knows_its_primary_and_the_key()
    {
        var (region, mistakes) = Read(Settings() with { Region = "west", Role = "receiver", Primary = "https://ingest.example.com", RelayKey = KeyFile(32) });
        Assert.Empty(mistakes);
        Assert.Equal(("west", RegionRole.Receiver, new Uri("https://ingest.example.com")), (region.Name, region.Role, region.Primary));
        Assert.NotNull(region.Key);
    }

    [Fact]
    public void The_command_line_comes_before_the_configuration()
    {
        var configuration = new RegionConfiguration("west", "receiver", "https://one.example.com", KeyFile(32));
        var (region, mistakes) = Read(Settings() with { Region = "north", Primary = "https://two.example.com" }, configuration);
        Assert.Empty(mistakes);
        Assert.Equal(("north", RegionRole.Receiver, "two.example.com"), (region.Name, region.Role, region.Primary!.Host));
    }

    [Fact]
    public void White_space_at_the_end_of_a_key_does_not_count()
    {
        var mistakes = new List<string>();
        var (with, without) = (RelayKey.Read(KeyFile(32, "\r\n"), mistakes)!, RelayKey.Read(KeyFile(32), mistakes)!);
        Assert.Empty(mistakes);
        Assert.True(with.Verify("text"u8, without.Sign("text"u8)));
        Assert.False(with.Verify("Text"u8, without.Sign("text"u8)));
    }

    [Fact]
    public void Every_mistake_is_named()
    {
        AssertMistakes(Settings() with { Role = "receiver" }, "--region: --role receiver needs", "--primary: --role receiver needs", "--relay-key: --role receiver needs");
        AssertMistakes(Settings() with { Region = "West@1", Role = "both" }, "--role both: write primary or receiver", "--region West@1: write 1 to 64");
        AssertMistakes(Settings() with { Primary = "https://x.example.com" }, "only --role receiver has a primary");
        AssertMistakes(Settings() with { RelayKey = KeyFile(32) }, "add --region NAME");
        AssertMistakes(Receiver("http://example.com") with { RelayKey = KeyFile(31, readable: true) },
            "http is taken on this machine alone", "it has 31 bytes; write 32 at least", "everybody on this machine can use it");
        AssertMistakes(Receiver("https://example.com/path"), "write scheme, host and port alone");
        AssertMistakes(Receiver("example.com"), "write scheme, host and port alone");
        AssertMistakes(Receiver("http://localhost:8080"), "that is this server itself");
        AssertMistakes(Receiver("https://example.com") with { RelayKey = _folder.Of("nothing") }, "it cannot be read");
    }

    [Theory]
    [InlineData("http://127.0.0.1:9090")]
    [InlineData("http://[::1]:9090")]
    [InlineData("https://east.example.com:8080")]
    public void Where_a_primary_may_be(string url) => AssertMistakes(Receiver(url));

    private static RunSettings Settings() => new()
    {
        Host = "127.0.0.1",
        Port = 8080,
        Data = "data",
        Lake = "lake",
        LakeOptions = new Dictionary<string, string>(StringComparer.Ordinal),
        Config = "config",
        SealAge = TimeSpan.FromMinutes(1),
        SealBytes = 1,
        SealBlocks = 1,
        ShipConcurrency = 1,
        Drain = TimeSpan.Zero,
    };

    private RunSettings Receiver(string primary) =>
        Settings() with { Region = "west", Role = "receiver", Primary = primary, RelayKey = KeyFile(32) };

    private static void AssertMistakes(RunSettings settings, params string[] expected)
    {
        var (_, mistakes) = Read(settings);
        Assert.Equal(expected.Length, mistakes.Count);
        Assert.All(expected.Zip(mistakes), pair => Assert.Contains(pair.First, pair.Second, StringComparison.Ordinal));
    }

    private static (RegionSettings Region, List<string> Mistakes) Read(RunSettings settings, RegionConfiguration? configuration = null)
    {
        var mistakes = new List<string>();
        return (RegionSettings.Read(settings, configuration ?? new RegionConfiguration(), mistakes), mistakes);
    }

    private string KeyFile(int bytes, string end = "", bool readable = false)
    {
        var path = _folder.Of($"{Guid.NewGuid():N}.key");
        File.WriteAllText(path, new string('k', bytes) + end);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | (readable ? UnixFileMode.OtherRead : 0));
        return path;
    }
}
