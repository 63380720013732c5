using System.Reflection;
using Ingest.Engine;

namespace Ingest.Grains.Tests;

/// <summary>
/// Silos of two releases speak to each other while a cluster is upgraded: names on the wire are written down, not taken
/// from those of types, and no payload changes once it is sent.
/// </summary>
public sealed class ContractTests
{
    // Without what the serializer's generator made of them.
    private static readonly Type[] Types =
        [.. typeof(IPartitionGrain).Assembly.GetTypes().Where(type => type.Namespace == typeof(IPartitionGrain).Namespace)];

    public static TheoryData<Type> Grains => [.. Types.Where(type => type.IsInterface && typeof(IAddressable).IsAssignableFrom(type))];

    public static TheoryData<Type> Serialized => [.. Types.Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null)];

    [Theory]
    [MemberData(nameof(Grains))]
    public void Interfaces_and_their_methods_have_names_of_their_own(Type grain)
    {
        Assert.NotNull(grain.GetCustomAttribute<AliasAttribute>());
        var names = grain.GetMethods().Select(method => method.GetCustomAttribute<AliasAttribute>()?.Alias).ToList();
        Assert.DoesNotContain(null, names);
        Assert.Distinct(names);
    }

    [Theory]
    [MemberData(nameof(Serialized))]
    public void Types_have_names_and_their_members_numbers(Type type)
    {
        Assert.NotNull(type.GetCustomAttribute<AliasAttribute>());
        var members = MembersOf(type).ToList();
        Assert.All(members, member => Assert.True(member.GetCustomAttribute<IdAttribute>() is not null, $"{type.Name}.{member.Name}"));
        Assert.Distinct(members.Select(member => member.GetCustomAttribute<IdAttribute>()!.Id));
    }

    [Theory]
    [MemberData(nameof(Serialized))]
    public void Payloads_do_not_change_once_they_are_sent(Type type)
    {
        // What a grain keeps is its own; what an exception is made of is the framework's.
        if (type == typeof(SourceCatalogueState) || typeof(Exception).IsAssignableFrom(type))
            return;
        Assert.NotNull(type.GetCustomAttribute<ImmutableAttribute>());
        Assert.All(MembersOf(type), member => Assert.True(IsInitOnly(member), $"{type.Name}.{member.Name} can be set"));
    }

    [Fact]
    public void Names_on_the_wire_are_distinct()
    {
        var names = Types.Select(type => type.GetCustomAttribute<AliasAttribute>()?.Alias).OfType<string>().ToList();
        Assert.True(names.Count > 10);
        Assert.Distinct(names);
    }

    [Fact]
    public void Every_outcome_of_an_offer_comes_back_as_it_was()
    {
        foreach (var outcome in Enum.GetValues<IntakeOutcome>())
        {
            foreach (var fault in Enum.GetValues<IntakeFault>())
            {
                var result = new IntakeResult(outcome, 1, 2, 3, "why", 4, fault);
                Assert.Equal(result, OfferResult.Of(result).ToIntake());
            }
        }
    }

    [Fact]
    public void What_a_silo_says_of_its_spill_comes_back_as_it_was()
    {
        var report = new SpillReport(1, 2, 3, new Instant(4), 5, 6, "why");
        Assert.Equal(report, SpillState.Of(report).ToReport());
        Assert.Equal(report with { OldestReceived = null }, SpillState.Of(report with { OldestReceived = null }).ToReport());
    }

    [Theory]
    [InlineData("shop/0", true)]
    [InlineData("a-b.c/17", true)]
    [InlineData("shop", false)]
    [InlineData("shop/", false)]
    [InlineData("shop/-1", false)]
    [InlineData("shop/01", false)]
    [InlineData("shop/+1", false)]
    [InlineData("Shop/1", false)]
    [InlineData("a/b/1", false)]
    [InlineData("/1", false)]
    [InlineData("shop/99999999999", false)]
    public void Keys_of_partitions_are_read_as_they_are_written(string key, bool isValid)
    {
        Assert.Equal(isValid, PartitionKeys.TryParse(key, out var id));
        if (isValid)
            Assert.Equal(key, id.ToString());
    }

    private static IEnumerable<PropertyInfo> MembersOf(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(property => property.CanWrite);

    private static bool IsInitOnly(PropertyInfo property) =>
        property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit));
}
