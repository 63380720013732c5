using System.Text;
using System.Text.Json;

namespace Ingest.Collector.Tests;

public sealed class TrackerParameterTests
{
    [Fact]
    public void Every_known_name_is_found_and_no_other()
    {
        var names = TrackerParameters.Names().ToList();

        Assert.Equal(names.Count, names.Select(n => n.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.All(names, n => Assert.Equal(n.Parameter, TrackerParameters.Find(Encoding.ASCII.GetBytes(n.Name))));
        foreach (var name in (string[])["", "E", "e\0", "\0e", "eidd", "ei", "ue_prx", "averylongparameter"])
            Assert.Null(TrackerParameters.Find(Encoding.ASCII.GetBytes(name)));
    }

    [Fact]
    public void The_names_are_those_of_the_published_schema()
    {
        var path = TestData.Find("iglu-central/schemas/com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4");
        Assert.SkipWhen(path is null, "The schemas of Iglu Central are not here; set INGEST_TEST_DATA to a folder that has them.");
        using var schema = JsonDocument.Parse(File.ReadAllBytes(path!));

        var published = schema.RootElement.GetProperty("items").GetProperty("properties").EnumerateObject().Select(p => p.Name);

        Assert.Equal(published.Order(StringComparer.Ordinal), TrackerParameters.Names().Select(n => n.Name).Order(StringComparer.Ordinal));
    }
}
