using System.Globalization;
using Ingest.Hosting;
using YamlDotNet.RepresentationModel;

namespace Ingest.Cluster.EndToEnd;

/// <summary>What the files of a deployment must have whatever else they say.</summary>
public sealed class DeploymentFileTests
{
    private static readonly HostingOptions Options = new();

    [Fact]
    public void Silos_start_after_the_migration_and_have_time_to_leave()
    {
        var services = ComposeFile.Read();
        var silos = services.Where(service => service.Value.Command is ["run", ..]).ToList();
        Assert.Equal(3, silos.Count);
        Assert.All(silos, silo =>
        {
            Assert.Equal("service_completed_successfully", silo.Value.DependsOn["migrate"]);
            Assert.Equal("2m", silo.Value.StopGracePeriod);
            Assert.True(TimeSpan.FromMinutes(2) > StopTime(option => ValueOf(silo.Value.Command, option)), "it would be killed while it drains");
        });
        Assert.Equal("service_healthy", services["migrate"].DependsOn["postgres"]);
    }

    [Fact]
    public void Ports_are_published_on_this_machine_alone_unless_said_otherwise() =>
        Assert.All(ComposeFile.Read().Values.SelectMany(service => service.Ports), port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));

    [Fact]
    public void Images_have_a_version() =>
        Assert.All(
            ComposeFile.Read().Values.Select(service => service.Image).Where(image => image != "ingest"),
            image => Assert.Matches(@":v?\d", image));

    [Fact]
    public void Kubernetes_gives_a_silo_time_to_leave()
    {
        var pod = Kubernetes("silo.yaml")["spec"]["template"]["spec"];
        var grace = TimeSpan.FromSeconds(double.Parse(((YamlScalarNode)pod["terminationGracePeriodSeconds"]).Value!, CultureInfo.InvariantCulture));
        var arguments = ((YamlSequenceNode)pod["containers"][0]["args"]).Select(argument => ((YamlScalarNode)argument).Value!.Split('=', 2)).ToList();
        Assert.True(grace > StopTime(option => arguments.Single(argument => argument[0] == option)[1]), "it would be killed while it drains");
    }

    [Theory]
    [InlineData("startupProbe", "/health")]
    [InlineData("livenessProbe", "/health")]
    [InlineData("readinessProbe", "/ready")]
    public void Kubernetes_asks_the_right_page(string probe, string path) => Assert.Equal(
        path, ((YamlScalarNode)Kubernetes("silo.yaml")["spec"]["template"]["spec"]["containers"][0][probe]["httpGet"]["path"]).Value);

    [Fact]
    public void The_kustomization_has_every_manifest()
    {
        var folder = Path.Combine(Repository.Root, "deploy", "kubernetes");
        var listed = ((YamlSequenceNode)Kubernetes("kustomization.yaml")["resources"]).Select(resource => ((YamlScalarNode)resource).Value!);
        var there = Directory.EnumerateFiles(folder, "*.yaml").Select(path => Path.GetFileName(path)!)
            .Except(["kustomization.yaml", "secret.example.yaml", "secret.yaml"], StringComparer.Ordinal);
        Assert.Equal(there.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    /// <summary>The longest that a silo takes to stop.</summary>
    private static TimeSpan StopTime(Func<string, string> valueOf) =>
        Seconds(valueOf("--leave-delay")) + Options.RequestDrain + Seconds(valueOf("--drain")) + Options.LeaveTimeout;

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(int.Parse(text.TrimEnd('s'), CultureInfo.InvariantCulture));

    private static string ValueOf(IReadOnlyList<string> command, string option) => command[command.ToList().IndexOf(option) + 1];

    private static YamlNode Kubernetes(string file)
    {
        var yaml = new YamlStream();
        using var text = new StreamReader(Path.Combine(Repository.Root, "deploy", "kubernetes", file));
        yaml.Load(text);
        return yaml.Documents[0].RootNode;
    }
}
