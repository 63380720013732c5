using System.CommandLine;
using Ingest.TestKit;

namespace Ingest.Cli.Tests;

/// <summary>How commands are told which server to ask.</summary>
public sealed class ServerOptionsTests
{
    [Fact]
    public void An_address_with_its_key_is_asked_and_no_folder_is_read()
    {
        var (choice, mistakes) = Read("--url", "https://silo.example:8443", "--key", "k");
        Assert.Empty(mistakes);
        Assert.Equal([new ServerAddress(new Uri("https://silo.example:8443"), "k", IsGiven: true)], choice.Servers);
        Assert.Empty(choice.Folders);
    }

    [Fact]
    public void An_address_without_a_key_or_of_no_known_form_is_a_mistake()
    {
        var (choice, mistakes) = Read("--url", "silo.example:8443");
        Assert.Equal(2, mistakes.Count);
        Assert.Contains(mistakes, mistake => mistake.Contains("--key", StringComparison.Ordinal));
        Assert.Contains(mistakes, mistake => mistake.Contains("http://HOST:PORT", StringComparison.Ordinal));
        Assert.Null(choice.Server);
    }

    [Fact]
    public void A_folder_in_which_no_server_ever_ran_has_nobody_to_ask()
    {
        using var folder = new TemporaryFolder();
        var (choice, mistakes) = Read("--data", folder.Path);
        Assert.Empty(mistakes);
        Assert.True(choice.IsDataGiven);
        Assert.Empty(choice.Servers);
    }

    [Fact]
    public void A_file_that_no_server_wrote_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Of("node.json"), "{");
        var (_, mistakes) = Read("--data", folder.Path);
        Assert.StartsWith(folder.Path, Assert.Single(mistakes), StringComparison.Ordinal);
    }

    private static (ServerChoice Choice, List<string> Mistakes) Read(params string[] arguments)
    {
        var options = new ServerOptions();
        var command = new Command("ask");
        options.AddTo(command);
        var mistakes = new List<string>();
        return (options.Read(command.Parse(arguments), mistakes), mistakes);
    }
}
