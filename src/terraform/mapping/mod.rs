//! The provider's shape → ARM's, by the tables in `mappings/azurerm`.
