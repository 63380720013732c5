using Ingest.Storage;
using Ingest.TestKit;

namespace Ingest.Cli.Tests;

/// <summary>How commands find servers and journals by a data folder.</summary>
public sealed class DataFolderTests : IDisposable
{
    private const string Postgres = "Host=127.0.0.1;Username=ingest;Password=secret;Database=ingest";

    private static readonly Dictionary<string, string> NoOptions = [];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Silos_of_a_cluster_are_found_in_its_folder_and_in_the_one_above()
    {
        WriteCluster(_folder.Of("cluster"));
        Assert.Equal(2, Assert.Single(DataFolder.Read(_folder.Of("cluster"))).Nodes.Count);

        var folders = DataFolder.Read(_folder.Path);
        Assert.Equal(["http://127.0.0.1:1", "http://127.0.0.1:2"], folders.SelectMany(folder => folder.Nodes).Select(node => node.Url));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_none() => Assert.Empty(DataFolder.Read(_folder.Of("nothing")));

    [Fact]
    public void The_journal_of_a_cluster_is_its_PostgreSQL_and_no_message_has_the_password()
    {
        WriteCluster(_folder.Of("cluster"));
        var mistakes = new List<string>();
        var found = JournalOptions.Find(null, _folder.Path, isDataGiven: true, DataFolder.Read(_folder.Path), mistakes);
        Assert.Empty(mistakes);
        Assert.IsType<JournalLocation.InPostgres>(found!.Value.Journal);
        Assert.Equal("/the/lake", found.Value.Folder!.Lake!.Value.Lake);
        Assert.DoesNotContain("secret", found.Value.Journal.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void The_journal_of_a_single_server_comes_before_that_of_a_cluster_beside_it()
    {
        WriteCluster(_folder.Of("cluster"));
        Directory.CreateDirectory(_folder.Of("journal"));
        var found = JournalOptions.Find(null, _folder.Path, isDataGiven: true, DataFolder.Read(_folder.Path), []);
        Assert.IsType<JournalLocation.InFolder>(found!.Value.Journal);
    }

    [Fact]
    public void A_folder_without_a_journal_is_said_to_be_one()
    {
        var mistakes = new List<string>();
        Assert.Null(JournalOptions.Find(null, _folder.Path, isDataGiven: true, DataFolder.Read(_folder.Path), mistakes));
        Assert.StartsWith("There is no journal in", Assert.Single(mistakes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=db;Nonsense=1;Password=secret")]
    [InlineData("Host=db;Password=secret")]
    [InlineData("secret")]
    public void A_connection_string_that_cannot_be_used_is_refused_without_repeating_it(string given)
    {
        var mistakes = new List<string>();
        Assert.Null(JournalOptions.Find(given, _folder.Path, isDataGiven: false, [], mistakes));
        Assert.DoesNotContain("secret", Assert.Single(mistakes), StringComparison.Ordinal);
    }

    private static void WriteCluster(string folder)
    {
        foreach (var number in new[] { 1, 2 })
        {
            var silo = Directory.CreateDirectory(DataFolder.OfSilo(folder, $"silo-{number}")).FullName;
            new NodeFile($"http://127.0.0.1:{number}", 1, DateTimeOffset.UnixEpoch, "/the/lake", NoOptions, "key").Write(silo);
        }

        new ClusterFile(Postgres, "/the/lake", NoOptions, "key").Write(folder);
    }
}
